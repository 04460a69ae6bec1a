/// <summary>Lines over a common axis.</summary>
module DistillKit.Charts.LineChart

open System.Collections.Generic
open XPlot.Plotly

/// <summary>Draws lines.</summary>
/// <exception cref="T:DistillKit.UserException">A curve has not as many places as values, or one that is not finite.</exception>
let Of (title: string, xTitle: string, yTitle: string, curves: seq<Curve>) : PlotlyChart =
    let curves = Figure.some title curves
    for curve in curves do
        if curve.Places.Count <> curve.Values.Count then
            let counts = $"{curve.Places.Count} places and {curve.Values.Count} values"
            raise (DistillKit.UserException $"The curve '{curve.Name}' has {counts}.")
        if not (Seq.forall System.Double.IsFinite curve.Values) then
            raise (DistillKit.UserException $"A value of the curve '{curve.Name}' is not finite.")
    let traces: Trace list =
        [ for index, curve in Seq.indexed curves ->
              Scatter(
                  x = Seq.toArray curve.Places, y = Seq.toArray curve.Values, mode = "lines", name = Figure.plain curve.Name,
                  showlegend = true, line = Figure.stroke index) ]
    let layout = Figure.layout title 70.0 [ for curve in curves -> curve.Name ]
    layout.SetAxes(0, Figure.xAxis xTitle, Figure.yAxis yTitle)
    Figure.chart 440 layout traces
