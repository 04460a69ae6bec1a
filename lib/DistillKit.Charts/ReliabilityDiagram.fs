/// <summary>Is a network as often right as it believes to be? (Guo et al. 2017, arXiv:1706.04599)</summary>
module DistillKit.Charts.ReliabilityDiagram

open System.Collections.Generic
open DistillKit.Metrics
open XPlot.Plotly

let private fewest = 10

/// <summary>
/// Draws accuracy against confidence, bin by bin, and below it how many images each bin has. On the diagonal a network is calibrated,
/// under it overconfident. The accuracy of a bin with fewer than ten images says little: such bins are left out above, and counted below.
/// </summary>
/// <param name="reports">A report for each network, by the name that it has in the chart.</param>
let Of (title: string, reports: seq<KeyValuePair<string, ClassificationReport>>) : PlotlyChart =
    let reports = [ for entry in Figure.some title reports -> entry.Key, entry.Value ]
    let legend (name: string, report: ClassificationReport) =
        $"{name}: calibration error {Figure.number (100.0 * report.CalibrationError) 1} %%"
    let series index panel name (size: float) (bins: CalibrationBin[]) (height: CalibrationBin -> float) =
        Scatter(
            x = [| for bin in bins -> 100.0 * bin.Confidence |], y = Array.map height bins, mode = "lines+markers",
            name = Figure.plain name, showlegend = (panel = 0), line = Figure.stroke index,
            marker = Figure.symbols index size, xaxis = Figure.axisName "x" panel, yaxis = Figure.axisName "y" panel)
    let isThin (bin: CalibrationBin) = bin.Count > 0 && bin.Count < fewest
    let isAnyLeftOut = reports |> List.exists (fun (_, report) -> Seq.exists isThin report.Calibration)
    let traces: Trace list =
        [ Figure.line (0.0, 0.0) (100.0, 100.0)
          Figure.labels 0 [ 2.0 ] [ 97.0 ] [ "dashed: calibrated" ] "middle right" Theme.Ink
          if isAnyLeftOut then Figure.labels 0 [ 2.0 ] [ 89.0 ] [ $"no bins of fewer than {fewest} images" ] "middle right" Theme.Ink
          for index, (name, report) in List.indexed reports do
              let bins = [| for bin in report.Calibration do if bin.Count > 0 then bin |]
              let full = bins |> Array.filter (fun bin -> bin.Count >= fewest)
              let upper = series index 0 (legend (name, report)) 9.0 full (fun bin -> 100.0 * bin.Accuracy)
              upper.text <- [| for bin in full -> $"{bin.Count} images" |]
              upper
              series index 1 name 6.0 bins (fun bin -> 100.0 * float bin.Count / float report.Count) ]
    let layout = Figure.layout title 70.0 (reports |> List.map legend)
    for panel, x, y, domain in
        [ 0, Figure.xAxis "", Figure.yAxis "right answers (%)", [| 0.34; 1.0 |]
          1, Figure.xAxis "confidence: the largest probability (%)", Figure.yAxis "images (%)", [| 0.0; 0.24 |] ] do
        x.range <- [| 0.0; 102.0 |]
        y.domain <- domain
        layout.SetPanel(panel, x, y)
    layout.yaxis.range <- [| 0.0; 102.0 |]
    layout.yaxis2.rangemode <- "tozero"
    Figure.chart 640 layout traces
