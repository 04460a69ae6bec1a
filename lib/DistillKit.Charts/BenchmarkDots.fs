namespace DistillKit.Charts

open System
open DistillKit.Runs.Stages
open XPlot.Plotly

/// One panel: a figure of every row.
type private ComparedFigure =
    { Title: string
      Value: BenchmarkRow -> float
      /// How far the error bar goes to the left and to the right.
      Error: BenchmarkRow -> float * float
      Text: float -> string
      IsLogarithmic: bool }

/// <summary>The final comparison in one chart: a panel for each figure, a row for each file and runtime.</summary>
[<AbstractClass; Sealed>]
type BenchmarkDots private () =

    /// <summary>
    /// Draws accuracy with Wilson's 95 % interval, size, latency from the median to the 95th percentile, throughput, and memory where it
    /// was measured. Dots, not bars: an axis of a dot may be logarithmic, or begin where the differences are seen.
    /// </summary>
    /// <param name="title">What the chart shows, as a sentence.</param>
    /// <param name="result">Of a run.</param>
    static member Of(title: string, result: BenchmarkResult) : PlotlyChart =
        let rows = Figure.some title result.Rows
        let names = Array.map BenchmarkRows.label rows
        let panel title isLogarithmic value =
            { Title = title; Value = value; Error = (fun _ -> 0.0, 0.0); Text = Figure.short; IsLogarithmic = isLogarithmic }
        let wilson (row: BenchmarkRow) = let down, up = BenchmarkRows.interval row.Accuracy result.TestImages in 100.0 * down, 100.0 * up
        let memory (row: BenchmarkRow) = if row.PeakMemoryBytes.HasValue then float row.PeakMemoryBytes.Value / 1e6 else nan
        let panels =
            [ { panel "right answers (%)" false (fun row -> 100.0 * row.Accuracy) with
                  Error = wilson
                  Text = (fun value -> Figure.number value 2) }
              panel "file (MB)" true (fun row -> float row.FileBytes / 1e6)
              { panel "latency (ms)" true _.LatencyMilliseconds with
                  Error = (fun row -> 0.0, row.LatencyP95Milliseconds - row.LatencyMilliseconds) }
              { panel "images per second" true _.ImagesPerSecond with Text = (fun value -> Figure.number value 0) }
              if rows |> Array.exists _.PeakMemoryBytes.HasValue then panel "memory (MB)" false memory ]
        let layout = Figure.layout title (Figure.namesRoom names) []
        // Two panels in a row, so that the letters keep their size on a narrow page.
        let rowsOfPanels, row = (panels.Length + 1) / 2, 38.0 * float names.Length
        let gap = 70.0
        let height = float rowsOfPanels * row + float (rowsOfPanels - 1) * gap
        let columns = Figure.columns 2 0.06
        let traces: Trace list =
            [ for index, panel in Seq.indexed panels do
                  let start, finish = columns[index % 2]
                  let top = 1.0 - float (index / 2) * (row + gap) / height
                  let known = [| for place, row in Seq.indexed rows do if Double.IsFinite(panel.Value row) then place, row |]
                  let places, known = [| for place, _ in known -> float place |], Array.map snd known
                  let values, errors = Array.map panel.Value known, Array.map panel.Error known
                  let down, up = Array.map fst errors, Array.map snd errors
                  let ends = Array.map2 (+) values up
                  let low, high = Array.min (Array.map2 (-) values down), Array.max ends
                  let x, y = Figure.xAxis panel.Title, Figure.namesAxis names
                  // The numbers stand on the right of the dots: the axis leaves room for them.
                  if panel.IsLogarithmic then
                      let span = Math.Max(0.3, Math.Log10(high / low))
                      Figure.logarithmicX x (low / 10.0 ** (0.1 * span)) (high * 10.0 ** (0.55 * span)) 4
                  else
                      let span = Math.Max(high - low, 0.05 * high)
                      x.range <- [| low - 0.08 * span; high + 0.5 * span |]
                      x.nticks <- 4
                  x.domain <- [| start; finish |]
                  y.domain <- [| Math.Round(Math.Max(0.0, top - row / height), 4); Math.Round(top, 4) |]
                  y.showticklabels <- (index % 2 = 0)
                  layout.SetPanel(index, x, y)
                  let texts = Array.map panel.Text values
                  let hover (row, text) = Figure.plain $"{BenchmarkRows.label row}: {text} {panel.Title}"
                  let symbol row = if BenchmarkRows.runtime row = "Edge" then "diamond" else "circle"
                  Scatter(
                      x = values, y = places, mode = "markers", showlegend = false, hoverinfo = "text",
                      text = [| for pair in Seq.zip known texts -> hover pair |],
                      marker = Marker(
                          color = [| for row in known -> Theme.color (BenchmarkRows.groupOf rows row) |], size = 9.0,
                          symbol = Array.map symbol known, line = Line(color = Theme.Ink, width = 1.0)),
                      error_x = Error_x(
                          ``type`` = "data", symmetric = false, array = up, arrayminus = down, color = Theme.Ink, thickness = 1.5,
                          width = 4.0),
                      xaxis = Figure.axisName "x" index, yaxis = Figure.axisName "y" index)
                  Figure.labels index ends places texts "middle right" Theme.Ink ]
        layout.annotations <-
            [ Figure.note
                  ($"Error bars: 95 %% interval of the accuracy (Wilson, {result.TestImages:N0} images);<br>"
                   + "latency from the median to the 95th percentile.<br>File, latency and throughput have logarithmic axes.<br>"
                   + "Circle: ONNX Runtime, diamond: Edge.")
                  (-0.3, 1.0 + 8.0 / height) "left" "bottom" ]
        Figure.reserve 74.0 layout
        Figure.chart (int (height + layout.margin.t + layout.margin.b)) layout traces
