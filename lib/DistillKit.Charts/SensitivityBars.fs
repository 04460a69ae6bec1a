/// <summary>Which layers suffer from being rounded.</summary>
module DistillKit.Charts.SensitivityBars

open System
open System.Runtime.InteropServices
open DistillKit.Quantization.Sensitivity
open XPlot.Plotly

/// <summary>Draws how far the network's answers move when one layer alone is rounded, the worst layers on top.</summary>
/// <param name="top">How many of the worst to show.</param>
let Of (title: string, layers: seq<LayerSensitivity>, [<Optional; DefaultParameterValue(20)>] top: int) : PlotlyChart =
    let worst = Figure.some title layers |> Seq.sortByDescending _.Divergence |> Seq.truncate top |> Seq.toArray
    let names = [| for layer in worst -> layer.Layer |]
    let values, places = [| for layer in worst -> Math.Max(0.0, layer.Divergence) |], Figure.places worst.Length
    let layout, x, y = Figure.named title names [] "divergence from the answers in floating point (nats)"
    x.range <- [| 0.0; 1.3 * Math.Max(1e-12, Seq.max values) |]
    y.showgrid <- false
    let traces: Trace list =
        [ Bar(x = values, y = places, orientation = "h", hoverinfo = "x", marker = Marker(color = Theme.color 1), showlegend = false)
          Figure.labels 0 values places (values |> Array.map Figure.short) "middle right" Theme.Ink ]
    Figure.chart (150 + 22 * names.Length) layout traces
