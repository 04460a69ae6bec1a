/// <summary>The final comparison in one chart: a panel for each figure, a row for each file and runtime.</summary>
module DistillKit.Charts.BenchmarkDots

open System
open DistillKit.Runs.Stages
open XPlot.Plotly

/// <summary>
/// Draws accuracy with Wilson's 95 % interval, size, latency from the median to the 95th percentile, throughput, and memory where it
/// was measured. Dots, not bars: an axis of a dot may be logarithmic, or begin where the differences are seen.
/// </summary>
let Of (title: string, result: BenchmarkResult) : PlotlyChart =
    let rows = Figure.some title result.Rows
    // The name of a runtime stays in one piece.
    let names = [| for row in rows -> (BenchmarkRows.label row).Replace("ONNX Runtime", "ONNX\u00a0Runtime") |]
    let wilson (row: BenchmarkRow) = let down, up = BenchmarkRows.interval row.Accuracy result.TestImages in 100.0 * down, 100.0 * up
    let memory (row: BenchmarkRow) = if row.PeakMemoryBytes.HasValue then float row.PeakMemoryBytes.Value / 1e6 else nan
    let late (row: BenchmarkRow) = 0.0, row.LatencyP95Milliseconds - row.LatencyMilliseconds
    let exact _ = 0.0, 0.0
    // A figure of every row, how far its error bar goes to the left and to the right, and its text.
    let panels: (string * bool * (BenchmarkRow -> float) * (BenchmarkRow -> float * float) * (float -> string)) list =
        [ "right answers (%)", false, (fun row -> 100.0 * row.Accuracy), wilson, (fun value -> Figure.number value 2)
          "file (MB)", true, (fun row -> float row.FileBytes / 1e6), exact, Figure.short
          "latency (ms)", true, _.LatencyMilliseconds, late, Figure.short
          "images per second", true, _.ImagesPerSecond, exact, (fun value -> Figure.number value 0)
          if rows |> Array.exists _.PeakMemoryBytes.HasValue then "memory (MB)", false, memory, exact, Figure.short ]
    let layout = Figure.layout title (Figure.namesRoom names) []
    // Two panels in a row, so that the letters keep their size on a narrow page.
    let rowsOfPanels, row = (panels.Length + 1) / 2, 38.0 * float names.Length
    let gap = 70.0
    let height = float rowsOfPanels * row + float (rowsOfPanels - 1) * gap
    let columns = Figure.columns 2 0.06
    let traces: Trace list =
        [ for index, (name, isLogarithmic, figure, error, text) in Seq.indexed panels do
              let start, finish = columns[index % 2]
              let top = 1.0 - float (index / 2) * (row + gap) / height
              let known = [| for place, row in Seq.indexed rows do if Double.IsFinite(figure row) then place, row |]
              let places, known = [| for place, _ in known -> float place |], Array.map snd known
              let values, errors = Array.map figure known, Array.map error known
              let down, up = Array.map fst errors, Array.map snd errors
              let ends = Array.map2 (+) values up
              let low, high = Array.min (Array.map2 (-) values down), Array.max ends
              let x, y = Figure.xAxis name, Figure.namesAxis names
              // The numbers stand on the right of the dots: the axis leaves room for them.
              if isLogarithmic then
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
              let texts = Array.map text values
              let hover (row, text) = Figure.plain $"{BenchmarkRows.label row}: {text} {name}"
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
    // What the marks mean stands where a sixth panel would; without one of memory, below the others.
    let isBeside = panels.Length % 2 = 1
    let lines =
        [ "\u25cf ONNX Runtime"
          "\u25c6 Edge"
          $"Error bars: accuracy, 95 %% interval (Wilson, {result.TestImages:N0} images); latency, up to the 95th percentile."
          "The axes of file, latency and throughput are logarithmic." ]
        |> List.collect (Figure.together >> Figure.wrapped (if isBeside then 24 else 46) "")
    let note = String.Join("<br>", List.map Figure.plain lines)
    layout.annotations <-
        [ if isBeside then Figure.note note (fst columns[1], row / height) "left" "top"
          else Figure.note note (0.0, -56.0 / height) "left" "top" ]
    if not isBeside then layout.margin.b <- 64.0 + 19.0 * float lines.Length
    Figure.chart (int (height + layout.margin.t + layout.margin.b)) layout traces
