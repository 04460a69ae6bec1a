/// <summary>Charts as plain text: what a terminal shows, and what is read aloud.</summary>
module DistillKit.Charts.ChartText

open System
open System.Text.Json
open DistillKit.Charts.Static
open DistillKit.Charts.Static.ChartJson
open XPlot.Plotly

/// Of a long curve, so many points are enough.
let private most = 12

let private shown (value: JsonElement) =
    match tryNumber value with
    | Some number when abs number >= 1000.0 -> Figure.number number 0
    | Some number -> Figure.short number
    | None -> tryText value |> Option.defaultValue "-"

let private thinned (count: int) =
    if count <= most then [ 0 .. count - 1 ] else [ for step in 0 .. most - 1 -> step * (count - 1) / (most - 1) ]

/// What a pointer over the points would show, where that is said; else the points themselves.
let private series (trace: JsonElement) =
    let texts = list "text" trace |> Array.choose tryText
    match kind trace, text "hoverinfo" "" trace with
    | "heatmap", _ -> [ for row in list "z" trace -> String.Join("  ", items row |> Array.map shown) ]
    | _, ("text" | "text+x+y") when texts.Length > 0 -> [ for one in texts -> Markup.flat one ]
    | _, "skip" -> []
    | "scatter", "x" ->
        let xs = Axes.values "x" trace |> Array.choose tryNumber
        let shown = Figure.alike xs
        [ Markup.flat (text "name" "" trace) + ": " + String.Join(", ", [ for index in thinned xs.Length -> shown xs[index] ]) ]
    | _, hover ->
        let xs, ys = Axes.values "x" trace |> Array.map shown, Axes.values "y" trace |> Array.map shown
        let pair index = match hover with "x" -> xs[index] | "y" -> ys[index] | _ -> $"{xs[index]}: {ys[index]}"
        let name = match text "name" "" trace with "" -> "" | name -> Markup.flat name + ": "
        [ name + String.Join(", ", [ for index in thinned (min xs.Length ys.Length) -> pair index ]) ]

/// <summary>The chart's title in one line.</summary>
let Title (chart: PlotlyChart) : string = Markup.flat (fst (title (snd (read chart))))

/// <summary>The title and the numbers; of a long curve, a dozen of its points.</summary>
/// <param name="width">Letters in a line.</param>
let Describe (chart: PlotlyChart, width: int) : string =
    let lines = Title chart :: [ for trace in items (fst (read chart)) do yield! series trace ]
    String.Join("\n", List.collect (Figure.wrapped width "  ") lines)
