/// Everything around the series: title, axes, legend, colour bar, annotations and frames.
module internal DistillKit.Charts.Static.Surroundings

open System
open System.Text.Json
open DistillKit.Charts
open DistillKit.Charts.Static.ChartJson
open DistillKit.Charts.Static.Markup

let title (frame: Frame) (layout: JsonElement) =
    let content, top = ChartJson.title layout
    let height, anchor = match top with Some below -> below, "top" | None -> frame.Top / 2.0, "middle"
    textOf Theme.TitleSize Theme.Ink 0.0 (frame.Width / 2.0, height) "center" anchor content

let grid (axis: Axis) (other: Axis) =
    all [
        if flag "showgrid" true axis.Node then
            for value, _ in axis.Ticks do
                let at = axis.Pixel value
                if axis.IsHorizontal then line at other.Start at other.End Theme.Grid 1.0 ""
                else line other.Start at other.End at Theme.Grid 1.0 "" ]

/// The axis line with its ticks, texts and title, beside the axis that it belongs to.
let axis (axis: Axis) (other: Axis) =
    let edge, middle, name = other.Start, (axis.Start + axis.End) / 2.0, text "title" "" axis.Node
    let shown, widest = flag "showticklabels" true axis.Node, widest (List.map snd axis.Ticks)
    all [
        if axis.IsHorizontal then
            let room = abs (axis.End - axis.Start) / float (max 1 axis.Ticks.Length)
            let angle = number "tickangle" (if widest > room then -45.0 else 0.0) axis.Node
            let side = if angle < 0.0 then "right" elif angle > 0.0 then "left" else "center"
            let size = Theme.TextSize
            let depth = if angle <> 0.0 then widest * Math.Sin(abs angle * Math.PI / 180.0) + size else 1.3 * size
            if flag "showline" false axis.Node then line axis.Start edge axis.End edge Theme.Ink 1.0 ""
            for value, label in axis.Ticks do
                let at = axis.Pixel value
                line at edge at (edge + 4.0) Theme.Ink 1.0 ""
                if shown then textOf size Theme.Ink angle (at, edge + 8.0) side "top" label
            caption (middle, edge + 12.0 + depth) "center" "top" name
        else
            if flag "showline" false axis.Node then line edge axis.Start edge axis.End Theme.Ink 1.0 ""
            for value, label in axis.Ticks do
                let at = axis.Pixel value
                line (edge - 4.0) at edge at Theme.Ink 1.0 ""
                if shown then caption (edge - 8.0, at) "right" "middle" label
            let across = edge - 8.0 - (if shown then widest + 6.0 else 0.0)
            textOf Theme.TextSize Theme.Ink -90.0 (across, middle) "center" "bottom" name ]

/// The names of the series in rows from left to right; the last row stands on the legend's bottom.
let legend (frame: Frame) (layout: JsonElement) (traces: JsonElement[]) =
    let isNamed trace = text "name" "" trace <> "" && flag "showlegend" true trace && kind trace <> "heatmap"
    let named = [ for index, trace in Seq.indexed traces do if isNamed trace then index, trace ]
    if not (flag "showlegend" (named.Length > 1) layout) then ""
    else
        let node = part "legend" layout
        let left, bottom = frame.X(number "x" 0.0 node), frame.Y(number "y" 1.0 node) - 10.0
        let place (x, row) (_, trace) =
            let width = 56.0 + width (all (lines (text "name" "" trace)))
            if x > 0.0 && x + width > frame.Right - frame.Left then (0.0, row + 1), (width, row + 1) else (x, row), (x + width, row)
        let places, (_, last) = List.mapFold place (0.0, 0) named
        all [
            for (index, trace), (x, row) in List.zip named places do
                let x, y = left + x, bottom - 20.0 * float (last - row)
                let mode = if kind trace = "bar" then "bar" else text "mode" "lines+markers" trace
                if mode.Contains "lines" then Traces.strokeOf index trace |||> line x y (x + 30.0) y
                if mode.Contains "markers" then Traces.symbol trace index 0 (x + 15.0, y) ""
                if mode = "bar" then rectangle (x + 8.0) (y - 6.0) (x + 22.0) (y + 6.0) (paint "fill" (Traces.colorOf index trace)) ""
                caption (x + 36.0, y) "left" "middle" (text "name" "" trace) ]

let colorBar (frame: Frame) (trace: JsonElement) =
    if kind trace <> "heatmap" || not (flag "showscale" true trace) then ""
    else
        let low, high = Traces.limits trace
        let left, steps = frame.Right + 14.0, 60
        let piece step =
            let color = Theme.ofScale ((float step + 0.5) / float steps)
            let below, above = frame.Y(float step / float steps) + 0.8, frame.Y(float (step + 1) / float steps)
            rectangle left below (left + 16.0) above (paint "fill" color) ""
        let ticks = Ticks.linear low high 6
        all [
            for step in 0 .. steps - 1 do piece step
            for value, label in ticks do caption (left + 21.0, frame.Y((value - low) / (high - low))) "left" "middle" label
            let beside = left + 27.0 + widest (List.map snd ticks)
            textOf Theme.TextSize Theme.Ink 90.0 (beside, frame.Y 0.5) "center" "bottom" (text "title" "" (part "colorbar" trace)) ]

/// A pixel of an annotation or a frame: in shares of the plot, or in values of an axis.
let private place (frame: Frame) (axes: Map<string, Axis>) (letter: string) (name: string) (node: JsonElement) =
    match field name node, text (letter + "ref") letter node with
    | Some value, "paper" -> tryNumber value |> Option.map (if letter = "x" then frame.X else frame.Y) |> Option.defaultValue nan
    | Some value, reference ->
        match axes.TryFind reference with
        // Of a logarithmic axis plotly.js takes the logarithm.
        | Some axis when axis.IsLogarithmic -> axis.Pixel(Math.Pow(10.0, tryNumber value |> Option.defaultValue nan))
        | Some axis -> axis.Pixel(axis.Value value)
        | None -> nan
    | None, _ -> nan

/// Texts; their arrows are left out.
let annotations (frame: Frame) (axes: Map<string, Axis>) (layout: JsonElement) =
    all [
        for note in list "annotations" layout do
            let x, y = place frame axes "x" "x" note, place frame axes "y" "y" note
            if Double.IsFinite x && Double.IsFinite y then
                caption (x, y) (text "xanchor" "center" note) (text "yanchor" "middle" note) (text "text" "" note) ]

let frames (frame: Frame) (axes: Map<string, Axis>) (layout: JsonElement) =
    all [
        for shape in list "shapes" layout do
            if text "type" "" shape = "rect" then
                let at letter ending = place frame axes letter (letter + ending) shape
                let style = part "line" shape
                let stroke, thickness = paint "stroke" (text "color" Theme.Ink style), coordinate (number "width" 2.0 style)
                rectangle (at "x" "0") (at "y" "0") (at "x" "1") (at "y" "1") $" fill=\"none\"{stroke} stroke-width=\"{thickness}\"" "" ]
