/// <summary>What each idea of quantization adds to the ones before it.</summary>
module DistillKit.Charts.LadderSteps

open System
open System.Collections.Generic
open XPlot.Plotly

/// <summary>Draws the accuracy of every rung, from the network in floating point downwards, a line for each number of bits.</summary>
/// <param name="ladders">With the same rungs, for instance of 8 and of 4 bits.</param>
/// <exception cref="T:System.ArgumentException">The rungs differ.</exception>
let Of (title: string, ladders: seq<LadderResult>) : PlotlyChart =
    let ladders = Figure.some title ladders |> Array.sortByDescending _.WeightBits
    let names = [| for rung in ladders[0].Rungs -> rung.Name |]
    if ladders |> Array.exists (fun ladder -> [| for rung in ladder.Rungs -> rung.Name |] <> names) then
        invalidArg (nameof ladders) "The ladders must have the same rungs."
    let reference = 100.0 * ladders[0].Rungs[0].Accuracy
    let floating = Figure.line (reference, -0.5) (reference, float names.Length - 0.5)
    floating.name <- "floating point"
    floating.showlegend <- true
    let legend (ladder: LadderResult) = $"{ladder.WeightBits}-bit weights, 8-bit activations"
    let note (rung: Rung) =
        let accuracy, megabytes = Figure.number (100.0 * rung.Accuracy) 2, Figure.number (float rung.FileBytes / 1e6) 2
        Figure.plain $"{rung.Name}: {accuracy} %%, {megabytes} MB, {Figure.number rung.Seconds 1} s"
    let values (ladder: LadderResult) = [| for rung in ladder.Rungs -> 100.0 * rung.Accuracy |]
    let all = Array.collect values ladders
    let slack = Math.Max(0.05, 0.12 * (Array.max all - Array.min all))
    let traces: Trace list =
        [ floating
          for index, ladder in Seq.indexed ladders do
              Scatter(
                  x = values ladder, y = Figure.places names.Length, mode = "lines+markers", name = legend ladder, showlegend = true,
                  text = [| for rung in ladder.Rungs -> note rung |], hoverinfo = "text", line = Figure.stroke index,
                  marker = Figure.symbols index 10.0) ]
    let series = [ floating.name; for ladder in ladders do legend ladder ]
    let layout, x, _ = Figure.named title names series "right answers on the validation set (%)"
    x.range <- [| Array.min all - slack; Array.max all + slack |]
    // The numbers stand in columns beside the plot: where the lines come close they would lie on each other.
    layout.margin.r <- 24.0 + 60.0 * float ladders.Length
    let column index = 1.0 + 60.0 * float (index + 1) / (float Theme.Width - layout.margin.l - layout.margin.r)
    layout.annotations <-
        [ for index, ladder in Seq.indexed ladders do
              Figure.note $"{ladder.WeightBits} bits" (column index, 1.01) "right" "bottom"
              for place, value in Seq.indexed (values ladder) do
                  let beside = Figure.note (Figure.number value 2) (column index, float place) "right" "middle"
                  beside.yref <- "y"
                  beside ]
    Figure.chart (190 + 40 * names.Length) layout traces
