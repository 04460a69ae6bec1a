namespace DistillKit.Charts

open System
open DistillKit.Runs.Stages
open XPlot.Plotly

/// <summary>The final comparison in one chart: a panel for each figure, a row for each file and runtime.</summary>
[<AbstractClass; Sealed>]
type BenchmarkDots private () =

    /// <summary>
    /// Draws accuracy with Wilson's 95 % interval, size, latency from the median to the 95th percentile, throughput, and memory where it was measured. Dots, not bars: an axis of a dot
    /// may be logarithmic, or begin where the differences are seen.
    /// </summary>
    /// <param name="title">What the chart shows, as a sentence.</param>
    /// <param name="result">Of a run.</param>
    static member Of(title: string, result: BenchmarkResult) : PlotlyChart =
        let rows = Figure.some title result.Rows
        let names = [| for row in rows -> BenchmarkRows.label row |]
        let hasMemory = rows |> Array.exists (fun row -> row.PeakMemoryBytes.HasValue)
        let bound which (row: BenchmarkRow) = 100.0 * which (BenchmarkRows.interval row.Accuracy result.TestImages)
        // Title, value, how far its error bar goes down and up, logarithmic.
        let panels: (string * (BenchmarkRow -> float) * (BenchmarkRow -> float) * (BenchmarkRow -> float) * bool) list =
            [ "right answers (%)", (fun row -> 100.0 * row.Accuracy), bound fst, bound snd, false
              "file (MB)", (fun row -> float row.FileBytes / 1e6), (fun _ -> 0.0), (fun _ -> 0.0), true
              "latency (ms)", _.LatencyMilliseconds, (fun _ -> 0.0), (fun row -> row.LatencyP95Milliseconds - row.LatencyMilliseconds), true
              "images per second", _.ImagesPerSecond, (fun _ -> 0.0), (fun _ -> 0.0), true
              if hasMemory then "memory (MB)", (fun row -> if row.PeakMemoryBytes.HasValue then float row.PeakMemoryBytes.Value / 1e6 else nan), (fun _ -> 0.0), (fun _ -> 0.0), false ]
        let layout = Figure.layout title (Figure.namesRoom names) []
        // Two panels in a row, so that the letters keep their size on a narrow page.
        let rowsOfPanels, row = (panels.Length + 1) / 2, 38.0 * float names.Length
        let gap = 70.0
        let height = float rowsOfPanels * row + float (rowsOfPanels - 1) * gap
        let columns = Figure.columns 2 0.06
        let traces: Trace list =
            [ for panel, (panelTitle, value, down, up, logarithmic) in Seq.indexed panels do
                  let start, finish = columns[panel % 2]
                  let top = 1.0 - float (panel / 2) * (row + gap) / height
                  let known = [| for place, row in Seq.indexed rows do if Double.IsFinite(value row) then float place, row |]
                  let xs, places = [| for _, row in known -> value row |], Array.map fst known
                  let x, y = Figure.xAxis panelTitle, Figure.namesAxis names
                  let low, high = Array.min [| for _, row in known -> value row - down row |], Array.max [| for _, row in known -> value row + up row |]
                  // The numbers stand on the right of the dots: the axis leaves room for them.
                  if logarithmic then
                      let span = Math.Max(0.3, Math.Log10(high / low))
                      Figure.logarithmicX x (low / 10.0 ** (0.1 * span)) (high * 10.0 ** (0.55 * span)) 4
                  else
                      let span = Math.Max(high - low, 0.05 * high)
                      x.range <- [| low - 0.08 * span; high + 0.5 * span |]
                      x.nticks <- 4
                  x.domain <- [| start; finish |]
                  y.domain <- [| Math.Round(Math.Max(0.0, top - row / height), 4); Math.Round(top, 4) |]
                  x.anchor <- Figure.axisName "y" panel
                  y.anchor <- Figure.axisName "x" panel
                  y.showticklabels <- (panel % 2 = 0)
                  layout.SetAxes(panel, x, y)
                  let text row = if panel = 0 then Figure.number (value row) 2 elif panel = 3 then Figure.number (value row) 0 else Figure.short (value row)
                  Scatter(
                      x = xs, y = places, mode = "markers", showlegend = false, hoverinfo = "text",
                      text = [| for _, row in known -> Figure.plain $"{BenchmarkRows.label row}: {text row} {panelTitle}" |],
                      marker = Marker(
                          color = [| for _, row in known -> Theme.color (BenchmarkRows.groupOf rows row) |], size = 9.0,
                          symbol = [| for _, row in known -> if BenchmarkRows.runtime row = "Edge" then "diamond" else "circle" |], line = Line(color = Theme.Ink, width = 1.0)),
                      error_x = Error_x(
                          ``type`` = "data", symmetric = false, array = [| for _, row in known -> up row |], arrayminus = [| for _, row in known -> down row |], color = Theme.Ink, thickness = 1.5, width = 4.0),
                      xaxis = Figure.axisName "x" panel, yaxis = Figure.axisName "y" panel)
                  Figure.labels panel [| for _, row in known -> value row + up row |] places [| for _, row in known -> text row |] "middle right" Theme.Ink ]
        layout.annotations <-
            [ Figure.note
                  ($"Error bars: 95 %% interval of the accuracy (Wilson, {result.TestImages:N0} images);<br>latency from the median to the 95th percentile."
                   + "<br>File, latency and throughput have logarithmic axes.<br>Circle: ONNX Runtime, diamond: Edge.")
                  (-0.3, 1.0 + 8.0 / height) "left" "bottom" ]
        Figure.reserve 74.0 layout
        Figure.chart (int (height + layout.margin.t + layout.margin.b)) layout traces
