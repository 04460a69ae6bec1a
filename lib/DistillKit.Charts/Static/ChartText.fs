namespace DistillKit.Charts

open System
open System.Text.Json
open DistillKit.Charts.Static
open DistillKit.Charts.Static.ChartJson
open DistillKit.Charts.Static.Markup
open XPlot.Plotly

/// <summary>Charts as plain text: what a terminal shows, and what is read aloud.</summary>
[<AbstractClass; Sealed>]
type ChartText private () =

    /// A long curve is told by so many of its points.
    static let most = 12

    static let short (value: float) = if abs value >= 1000.0 then Figure.number value 0 else Figure.short value

    static let shown (value: JsonElement) = match tryNumber value with Some number -> short number | None -> tryText value |> Option.defaultValue "-"

    static let thinned (count: int) = if count <= most then [ 0 .. count - 1 ] else [ for step in 0 .. most - 1 -> step * (count - 1) / (most - 1) ]

    static let wrapped (width: int) (text: string) =
        let add (done': string list, line: string) (word: string) =
            if line.Length > 0 && line.Length + 1 + word.Length > width then line :: done', "  " + word else done', (if line = "" then word else line + " " + word)
        let finished, last = text.Split(' ') |> Array.fold add ([], "")
        List.rev (last :: finished)

    /// What a pointer over the points would show, where that is said; else the points themselves.
    static let series (trace: JsonElement) =
        let flat text = String.Join(" ", lines text)
        let name = match text "name" "" trace with "" -> "" | name -> flat name + ": "
        let texts = list "text" trace |> Array.choose tryText
        let points (pairs: string seq) = name + String.Join(", ", pairs)
        match text "type" "scatter" trace, text "hoverinfo" "" trace with
        | "heatmap", _ -> [ for row in list "z" trace -> String.Join("  ", items row |> Array.map shown) ]
        | _, ("text" | "text+x+y") when texts.Length > 0 -> [ for one in texts -> flat one ]
        | _, "skip" -> []
        | _, hover ->
            let xs, ys = Axes.values "x" trace, Axes.values "y" trace
            let pair index = match hover with "x" -> shown xs[index] | "y" -> shown ys[index] | _ -> $"{shown xs[index]}: {shown ys[index]}"
            [ points [ for index in thinned (min xs.Length ys.Length) -> pair index ] ]

    /// <summary>The chart's title.</summary>
    static member Title(chart: PlotlyChart) : string = title (snd (read chart))

    /// <summary>The title and the numbers; of a long curve, a dozen of its points.</summary>
    /// <param name="chart">Of this library, or one that is made of the same parts.</param>
    /// <param name="width">Letters in a line.</param>
    static member Describe(chart: PlotlyChart, width: int) : string =
        let data, layout = read chart
        String.Join("\n", [ title layout; for trace in items data do yield! series trace ] |> List.collect (wrapped width))
