/// <summary>What a student sees of its teacher's answer (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).</summary>
module DistillKit.Charts.SoftTargets

open System
open DistillKit
open XPlot.Plotly

/// <summary>The softmax of logits divided by a temperature.</summary>
/// <param name="temperature">Above 0.</param>
/// <exception cref="T:DistillKit.UserException">The temperature is not above 0.</exception>
let Soften (logits: seq<float32>, temperature: float) : float[] =
    if not (temperature > 0.0) then
        raise (UserException(FormattableString.Invariant $"The temperature must be above 0, but is {temperature}."))
    let scaled = [| for logit in logits -> float logit / temperature |]
    let largest = Array.max scaled
    let powers = scaled |> Array.map (fun value -> Math.Exp(value - largest))
    let total = Array.sum powers
    powers |> Array.map (fun power -> power / total)

/// <summary>Draws the softened probabilities of one image, a panel for each temperature (six at most), on one scale.</summary>
/// <param name="temperatures">For instance 1, 2, 4 and 8.</param>
let Of (title: string, logits: seq<float32>, classNames: seq<string>, temperatures: seq<float>) : PlotlyChart =
    let names, temperatures = Seq.toArray classNames, Seq.toArray temperatures
    if temperatures.Length < 1 || temperatures.Length > 6 then
        invalidArg (nameof temperatures) "There must be 1 to 6 temperatures, a panel for each."
    let layout = Figure.layout title (Figure.namesRoom names) []
    let panels = Figure.columns temperatures.Length 0.05 |> List.zip (List.ofArray temperatures) |> List.indexed
    let places = Figure.places names.Length
    let traces: Trace list =
        [ for panel, (temperature, (start, finish)) in panels do
              let probabilities = [| for share in Soften(logits, temperature) -> 100.0 * share |]
              let x, y = Figure.xAxis (if temperatures.Length <= 3 then "probability (%)" else "%"), Figure.namesAxis names
              x.domain <- [| start; finish |]
              x.range <- [| 0.0; 145.0 |]
              x.tickvals <- [| 0; 50; 100 |]
              y.showticklabels <- (panel = 0)
              layout.SetPanel(panel, x, y)
              Bar(
                  x = probabilities, y = places, orientation = "h", marker = Marker(color = Theme.color 0), showlegend = false,
                  hoverinfo = "x", xaxis = Figure.axisName "x" panel, yaxis = Figure.axisName "y" panel)
              let text share =
                  if share >= 10.0 then Figure.number share 0 elif share >= 0.1 then Figure.number share 1 else Figure.plain "<0.1"
              Figure.labels panel probabilities places (probabilities |> Array.map text) "middle right" Theme.Ink ]
    layout.annotations <-
        [ for _, (temperature, (start, finish)) in panels ->
              Figure.note (FormattableString.Invariant $"T = {temperature}") ((start + finish) / 2.0, 1.01) "center" "bottom" ]
    Figure.reserve 18.0 layout
    Figure.chart (190 + 26 * names.Length) layout traces
