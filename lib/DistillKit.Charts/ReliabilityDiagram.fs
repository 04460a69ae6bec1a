namespace DistillKit.Charts

open System.Collections.Generic
open DistillKit.Metrics
open XPlot.Plotly

/// <summary>Is a network as often right as it believes to be? (Guo et al. 2017, arXiv:1706.04599)</summary>
[<AbstractClass; Sealed>]
type ReliabilityDiagram private () =

    /// <summary>
    /// Draws accuracy against confidence, bin by bin, and below it how many images each bin has. On the diagonal a network is calibrated, under it overconfident.
    /// </summary>
    /// <param name="title">What the chart shows, as a sentence.</param>
    /// <param name="reports">A report for each network, by the name that it has in the chart.</param>
    static member Of(title: string, reports: seq<KeyValuePair<string, ClassificationReport>>) : PlotlyChart =
        let reports = [ for entry in Figure.some title reports -> entry.Key, entry.Value ]
        let legend (name: string, report: ClassificationReport) = $"{name}: calibration error {Figure.number (100.0 * report.CalibrationError) 1} %%"
        let traces: Trace list =
            [ Figure.line 0 (0.0, 0.0) (100.0, 100.0)
              Figure.labels 0 [ 2.0 ] [ 97.0 ] [ "dashed: calibrated" ] "middle right" Theme.Ink
              for index, (name, report) in List.indexed reports do
                  let bins = [| for bin in report.Calibration do if bin.Count > 0 then bin |]
                  let share (bin: CalibrationBin) = 100.0 * float bin.Count / float report.Count
                  Scatter(
                      x = [| for bin in bins -> 100.0 * bin.Confidence |], y = [| for bin in bins -> 100.0 * bin.Accuracy |], mode = "lines+markers",
                      name = Figure.plain (legend (name, report)), showlegend = true, text = [| for bin in bins -> $"{bin.Count} images" |],
                      line = Line(color = Theme.color index, width = 2.0, dash = Theme.dash index), marker = Marker(color = Theme.color index, size = 9.0, symbol = Theme.symbol index))
                  Scatter(
                      x = [| for bin in bins -> 100.0 * bin.Confidence |], y = [| for bin in bins -> share bin |], mode = "lines+markers", name = Figure.plain name, showlegend = false,
                      line = Line(color = Theme.color index, width = 2.0, dash = Theme.dash index), marker = Marker(color = Theme.color index, size = 6.0, symbol = Theme.symbol index),
                      xaxis = "x2", yaxis = "y2") ]
        let layout = Figure.layout title 70.0 (reports |> List.map legend)
        let panel index (low: float) (high: float) x y =
            let x: Xaxis = x
            let y: Yaxis = y
            x.range <- [| 0.0; 102.0 |]
            x.anchor <- Figure.axisName "y" index
            y.domain <- [| low; high |]
            y.anchor <- Figure.axisName "x" index
            layout.SetAxes(index, x, y)
        panel 0 0.34 1.0 (Figure.xAxis "") (Figure.yAxis "right answers (%)")
        panel 1 0.0 0.24 (Figure.xAxis "confidence: the largest probability (%)") (Figure.yAxis "images (%)")
        layout.yaxis.range <- [| 0.0; 102.0 |]
        layout.yaxis2.rangemode <- "tozero"
        Figure.chart 640 layout traces

    /// <summary>The same for one network.</summary>
    static member Of(title: string, name: string, report: ClassificationReport) : PlotlyChart =
        ReliabilityDiagram.Of(title, [ KeyValuePair(name, report) ])
