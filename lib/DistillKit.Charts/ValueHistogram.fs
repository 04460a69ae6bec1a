/// <summary>How weights or activations are distributed.</summary>
module DistillKit.Charts.ValueHistogram

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open DistillKit
open XPlot.Plotly

/// <summary>
/// Draws the share of values in bins of one width, for each series. The counting is done here, so that a chart of a million weights
/// stays small.
/// </summary>
/// <param name="limits">Dashed lines, for instance at the ends of the range that INT8 keeps.</param>
/// <param name="logarithmic">The axis of the shares: logarithmic shows the few large values that decide a range.</param>
/// <exception cref="T:DistillKit.UserException">There are no values, or one is not a finite number.</exception>
let Of
    (title: string, valueTitle: string, series: seq<KeyValuePair<string, float32[]>>,
     [<Optional; DefaultParameterValue(80)>] bins: int,
     [<Optional; DefaultParameterValue(null: IReadOnlyList<float> | null)>] limits: IReadOnlyList<float> | null,
     [<Optional; DefaultParameterValue(false)>] logarithmic: bool)
    : PlotlyChart =
    let series = [| for entry in series -> entry.Key, entry.Value |]
    let limits = match limits with null -> [] | some -> List.ofSeq some
    if series.Length = 0 || series |> Array.exists (fun (_, values) -> values.Length = 0) then
        raise (UserException $"There are no values to draw for '{title}'.")
    if series |> Array.exists (snd >> Array.forall Single.IsFinite >> not) then
        raise (UserException $"A value for '{title}' is not finite: its training has diverged, lower the learning rate.")
    let lowest = float (series |> Array.map (snd >> Array.min) |> Array.min)
    let highest = float (series |> Array.map (snd >> Array.max) |> Array.max)
    let width = if highest > lowest then (highest - lowest) / float bins else 1.0
    let shares (values: float32[]) =
        let counts = Array.zeroCreate<int> bins
        for value in values do
            let bin = Math.Min(bins - 1, int ((float value - lowest) / width))
            counts[bin] <- counts[bin] + 1
        counts |> Array.map (fun count -> 100.0 * float count / float values.Length)
    let drawn = series |> Array.map (snd >> shares)
    let top = 1.06 * (drawn |> Array.map Array.max |> Array.max)
    let smallest = drawn |> Array.collect id |> Array.filter (fun share -> share > 0.0) |> Array.min
    let floor = if logarithmic then smallest / 2.0 else 0.0
    let edges = [| for edge in 0 .. bins -> lowest + width * float edge |]
    let traces: Trace list =
        [ for index, (name, _) in Seq.indexed series do
              // A step from edge to edge; an empty bin lies on the floor, which a logarithmic axis has to have.
              let heights = [| for share in drawn[index] -> Math.Max(share, floor) |]
              let line = Figure.stroke index
              line.shape <- "hv"
              Scatter(
                  x = edges, y = Array.append heights [| Array.last heights |], mode = "lines", name = Figure.plain name,
                  showlegend = (series.Length > 1), line = line, fill = "tozeroy", fillcolor = Theme.faded 0.18 (Theme.color index))
          for limit in limits do Figure.line (limit, floor) (limit, top) ]
    let layout = Figure.layout title 75.0 (if series.Length > 1 then Array.map fst series else [||])
    let x, y = Figure.xAxis valueTitle, Figure.yAxis "share of the values (%)"
    let left, right = List.min (lowest :: limits), List.max (highest :: limits)
    let slack = 0.02 * (right - left + width)
    x.range <- [| left - slack; right + slack |]
    if logarithmic then Figure.logarithmicY y floor (2.0 * top) 8 else y.range <- [| 0.0; top |]
    layout.SetAxes(0, x, y)
    Figure.chart 440 layout traces
