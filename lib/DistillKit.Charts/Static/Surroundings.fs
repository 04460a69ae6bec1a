/// Everything around the series: title, axes, legend, colour bar, annotations and shapes.
module internal DistillKit.Charts.Static.Surroundings

open System
open System.Text.Json
open DistillKit.Charts
open DistillKit.Charts.Static.ChartJson
open DistillKit.Charts.Static.Markup

let private all parts = String.Join("", Seq.toArray<string> parts)

let private sizeOf font = number "size" Theme.TextSize font

let private colorOf font = text "color" Theme.Ink font

/// In the middle of the upper margin, as plotly.js has it.
let title (frame: Frame) (layout: JsonElement) =
    let font = part "titlefont" layout
    textAt (frame.Width / 2.0) (frame.Top / 2.0) (text "title" "" layout) (number "size" Theme.TitleSize font) (colorOf font) "center" "middle" 0.0

let grid (axis: Axis) (other: Axis) =
    if not (flag "showgrid" true axis.Node) then ""
    else
        all [
            for value, _ in axis.Ticks do
                let at = axis.Pixel value
                let color = text "gridcolor" Theme.Grid axis.Node
                if axis.IsHorizontal then line at other.Start at other.End color 1.0 "" else line other.Start at other.End at color 1.0 "" ]

/// The axis line with its ticks, texts and title, beside the axis that it belongs to.
let axis (axis: Axis) (other: Axis) =
    let font, titleFont = part "tickfont" axis.Node, part "titlefont" axis.Node
    let size, edge = sizeOf font, other.Start
    let shown = flag "showticklabels" true axis.Node
    let widest = axis.Ticks |> List.map (fun (_, text) -> lines text |> Array.map (width size) |> Array.max) |> List.append [ 0.0 ] |> List.max
    let room = abs (axis.End - axis.Start) / float (max 1 axis.Ticks.Length)
    let angle = number "tickangle" (if axis.IsHorizontal && widest > room then -45.0 else 0.0) axis.Node
    let color = text "linecolor" Theme.Ink axis.Node
    let ticks = [
        for value, label in axis.Ticks do
            let at = axis.Pixel value
            if axis.IsHorizontal then
                line at edge at (edge + 4.0) color 1.0 ""
                if shown then textAt at (edge + 8.0) label size (colorOf font) (if angle < 0.0 then "right" elif angle > 0.0 then "left" else "center") "top" angle
            else
                line (edge - 4.0) at edge at color 1.0 ""
                if shown then textAt (edge - 8.0) at label size (colorOf font) "right" "middle" 0.0 ]
    let name = text "title" "" axis.Node
    let middle = (axis.Start + axis.End) / 2.0
    let depth = if angle <> 0.0 then widest * Math.Sin(abs angle * Math.PI / 180.0) + size else 1.3 * size
    let titled =
        if axis.IsHorizontal then textAt middle (edge + 12.0 + depth) name (sizeOf titleFont) (colorOf titleFont) "center" "top" 0.0
        else
            let across = edge - 8.0 - (if shown then widest + 6.0 else 0.0)
            textAt across middle name (sizeOf titleFont) (colorOf titleFont) "center" "bottom" -90.0
    let base' = if axis.IsHorizontal then line axis.Start edge axis.End edge color 1.0 "" else line edge axis.Start edge axis.End color 1.0 ""
    (if flag "showline" false axis.Node then base' else "") + all ticks + titled

let legend (frame: Frame) (layout: JsonElement) (traces: JsonElement[]) =
    let named = [| for index, trace in Seq.indexed traces do if text "name" "" trace <> "" && flag "showlegend" true trace && text "type" "scatter" trace <> "heatmap" then index, trace |]
    if not (flag "showlegend" (named.Length > 1) layout) then ""
    else
        let node = part "legend" layout
        let font = part "font" node
        let size = sizeOf font
        let isRow = text "orientation" "v" node = "h"
        let entry (x: float) (y: float) (index, trace) =
            let mode = text "mode" (if text "type" "scatter" trace = "scatter" then "lines+markers" else "bar") trace
            let style = part "line" trace
            all [
                if mode.Contains "lines" then line x y (x + 30.0) y (Traces.colorOf index trace) (number "width" 2.0 style) (Symbols.dash (text "dash" "" style))
                if mode.Contains "markers" then Traces.symbol trace index 0 (x + 15.0) y ""
                if mode = "bar" then rectangle (x + 8.0) (y - 6.0) (x + 22.0) (y + 6.0) (paint "fill" (Traces.colorOf index trace)) ""
                textAt (x + 36.0) y (text "name" "" trace) size (colorOf font) "left" "middle" 0.0 ]
        let widths = [| for _, trace in named -> 56.0 + width size (String.Join("", lines (text "name" "" trace))) |]
        if isRow then
            // Rows from left to right; the last one stands on the legend's bottom.
            let places, _ = Array.mapFold (fun (x, row) width -> if x > 0.0 && x + width > frame.Right - frame.Left then (0.0, row + 1), (width, row + 1) else (x, row), (x + width, row)) (0.0, 0) widths
            let last = if places.Length = 0 then 0 else snd (Array.last places)
            let bottom = frame.Y(number "y" 1.0 node) - 10.0
            all [ for entryOf, (x, row) in Seq.zip named places -> entry (frame.X(number "x" 0.0 node) + x) (bottom - 20.0 * float (last - row)) entryOf ]
        else all [ for row, entryOf in Seq.indexed named -> entry (frame.X(number "x" 1.02 node)) (frame.Y(number "y" 1.0 node) + 10.0 + 20.0 * float row) entryOf ]

/// The scale of a heat map, on the right of the plot.
let colorBar (frame: Frame) (trace: JsonElement) =
    if text "type" "" trace <> "heatmap" || not (flag "showscale" true trace) then ""
    else
        let bar = part "colorbar" trace
        let all' = [ for row in list "z" trace do yield! items row |> Array.choose tryNumber ]
        let low, high = number "zmin" (List.min all') trace, number "zmax" (List.max all') trace
        let left, steps = frame.Right + 14.0, 60
        let at share = frame.Y share
        let piece step =
            let color = Theme.between (Traces.scaleOf trace) ((float step + 0.5) / float steps)
            rectangle left (at (float step / float steps) + 0.8) (left + 16.0) (at (float (step + 1) / float steps)) (paint "fill" color) ""
        let pieces = [ for step in 0 .. steps - 1 -> piece step ]
        let tickFont, titleFont = part "tickfont" bar, part "titlefont" bar
        let ticks = Ticks.linear low high 6
        let labels = [ for value, label in ticks -> textAt (left + 21.0) (at ((value - low) / (high - low))) label (sizeOf tickFont) (colorOf tickFont) "left" "middle" 0.0 ]
        let beside = left + 27.0 + (ticks |> List.map (snd >> width (sizeOf tickFont)) |> List.append [ 0.0 ] |> List.max)
        all pieces + all labels + textAt beside (at 0.5) (text "title" "" bar) (sizeOf titleFont) (colorOf titleFont) "center" "bottom" 90.0

/// A pixel of an annotation or a shape: in shares of the plot, or in values of an axis.
let private place (frame: Frame) (axes: Map<string, Axis>) (reference: string) (letter: string) (value: JsonElement option) =
    match value, reference, axes.TryFind reference with
    | Some value, "paper", _ -> tryNumber value |> Option.map (if letter = "x" then frame.X else frame.Y) |> Option.defaultValue nan
    // Of a logarithmic axis annotations give the logarithm.
    | Some value, _, Some axis when axis.IsLogarithmic -> tryNumber value |> Option.map (fun power -> axis.Pixel(Math.Pow(10.0, power))) |> Option.defaultValue nan
    | Some value, _, Some axis -> axis.Pixel(axis.Value value)
    | _ -> nan

let annotations (frame: Frame) (axes: Map<string, Axis>) (layout: JsonElement) =
    all [
        for note in list "annotations" layout do
            let x = place frame axes (text "xref" "x" note) "x" (field "x" note)
            let y = place frame axes (text "yref" "y" note) "y" (field "y" note)
            let font = part "font" note
            if Double.IsFinite x && Double.IsFinite y then
                let isArrow = flag "showarrow" true note
                let right, down = if isArrow then number "ax" 0.0 note, number "ay" -30.0 note else 0.0, 0.0
                if isArrow then line (x + right) (y + down) x y (text "arrowcolor" Theme.Ink note) 1.0 ""
                let across, up = text "xanchor" "center" note, text "yanchor" (if isArrow then "bottom" else "middle") note
                textAt (x + right) (y + down) (text "text" "" note) (sizeOf font) (colorOf font) across up (number "textangle" 0.0 note) ]

let shapes (frame: Frame) (axes: Map<string, Axis>) (layout: JsonElement) =
    all [
        for shape in list "shapes" layout do
            let at letter ending = place frame axes (text (letter + "ref") letter shape) letter (field (letter + ending) shape)
            let style = part "line" shape
            let color, thickness = text "color" Theme.Ink style, number "width" 2.0 style
            match text "type" "line" shape with
            | "rect" ->
                let fill = match text "fillcolor" "" shape with "" -> " fill=\"none\"" | color -> paint "fill" color
                let stroke = paint "stroke" color
                rectangle (at "x" "0") (at "y" "0") (at "x" "1") (at "y" "1") $"{fill}{stroke} stroke-width=\"{coordinate thickness}\"" ""
            | _ -> line (at "x" "0") (at "y" "0") (at "x" "1") (at "y" "1") color thickness (Symbols.dash (text "dash" "" style)) ]
