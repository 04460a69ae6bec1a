/// Series as SVG: scatter, bar and heatmap.
module internal DistillKit.Charts.Static.Traces

open System
open System.Text.Json
open DistillKit
open DistillKit.Charts
open DistillKit.Charts.Static.ChartJson
open DistillKit.Charts.Static.Markup

/// The colour of a series that names none, by its place.
let private own index = Theme.color index

let colorOf (index: int) (trace: JsonElement) =
    let marker = part "marker" trace |> at 0 tryText "color" ""
    let line = part "line" trace |> text "color" ""
    if text "mode" "" trace = "markers" || line = "" then (if marker <> "" then marker elif line <> "" then line else own index) else line

let private hover index trace = at index tryText "text" "" trace

let private fillAndEdge (color: string) (line: JsonElement) =
    let edge = text "color" "" line
    let fill, stroke = paint "fill" color, paint "stroke" edge
    if edge = "" then fill else $"{fill}{stroke} stroke-width=\"{coordinate (number (nameof width) 1.0 line)}\""

/// A symbol as a series draws it, also for the legend.
let symbol (trace: JsonElement) (index: int) (point: int) (x: float) (y: float) (content: string) =
    let marker = part "marker" trace
    let color = at point tryText "color" (colorOf index trace) marker
    let attributes = if (at point tryText "symbol" "" marker).EndsWith("-open", StringComparison.Ordinal) then " fill=\"none\" stroke-width=\"2\"" + paint "stroke" color else fillAndEdge color (part "line" marker)
    Symbols.draw (at point tryText "symbol" "circle" marker) x y (at point tryNumber "size" 6.0 marker) attributes content

let private errorBars (trace: JsonElement) (axis: Axis) (points: (float * float * float * float)[]) =
    let name = if axis.IsHorizontal then "error_x" else "error_y"
    match field name trace with
    | None -> ""
    | Some error ->
        let color, thickness, cap = text "color" Theme.Ink error, number "thickness" 2.0 error, number "width" 4.0 error
        String.Join("", [
            for index, (valueX, valueY, x, y) in Seq.indexed points do
                let value = if axis.IsHorizontal then valueX else valueY
                let up = if text "type" "data" error = "constant" then number "value" 0.0 error else at index tryNumber "array" 0.0 error
                let down = if flag "symmetric" true error then up else at index tryNumber "arrayminus" 0.0 error
                if up > 0.0 || down > 0.0 then
                    let low, high = axis.Pixel(value - down), axis.Pixel(value + up)
                    if axis.IsHorizontal then
                        line low y high y color thickness ""
                        for ending in [ low; high ] do line ending (y - cap) ending (y + cap) color thickness ""
                    else
                        line x low x high color thickness ""
                        for ending in [ low; high ] do line (x - cap) ending (x + cap) ending color thickness "" ])

/// The corners of a line: a step goes sideways first ("hv") or up first ("vh").
let private corners (shape: string) (points: (float * float)[]) =
    [ for index, (x, y) in Seq.indexed points do
          if index > 0 then
              let beforeX, beforeY = points[index - 1]
              if shape = "hv" then x, beforeY
              elif shape = "vh" then beforeX, y
          x, y ]

/// Points without a number cut a line in two.
let private runs (points: (float * float)[]) =
    let add (done', current) (x, y) = if Double.IsFinite x && Double.IsFinite y then done', (x, y) :: current else (if current = [] then done', [] else current :: done', [])
    let finished, last = Array.fold add ([], []) points
    (if last = [] then finished else last :: finished) |> List.map (List.rev >> List.toArray) |> List.rev

let private scatter (index: int) (trace: JsonElement) (xAxis: Axis) (yAxis: Axis) =
    let xs, ys = Axes.values "x" trace |> Array.map xAxis.Value, Axes.values "y" trace |> Array.map yAxis.Value
    let points = Array.zip (Array.truncate ys.Length xs) (Array.truncate xs.Length ys) |> Array.map (fun (x, y) -> x, y, xAxis.Pixel x, yAxis.Pixel y)
    let mode = text "mode" "lines+markers" trace
    let style = part "line" trace
    let shape = text "shape" "linear" style
    let path (points: seq<float * float>) = String.Join(" ", [ for x, y in points -> $"{coordinate x},{coordinate y}" ])
    let lines = runs [| for _, _, x, y in points -> x, y |]
    let bottom = if yAxis.IsLogarithmic then yAxis.Start else Math.Clamp(yAxis.Pixel 0.0, min yAxis.Start yAxis.End, max yAxis.Start yAxis.End)
    let areas =
        if text "fill" "" trace <> "tozeroy" then []
        else
            let fill = paint "fill" (text "fillcolor" (Theme.faded 0.3 (colorOf index trace)) trace)
            [ for run in lines do
                  let outline = corners shape run
                  let area = path (outline @ [ fst (List.last outline), bottom; fst outline.Head, bottom ])
                  element "polygon" $" points=\"{area}\"{fill}" "" ]
    let strokes =
        if not (mode.Contains "lines") then []
        else
            let look = paint "stroke" (colorOf index trace) + $" stroke-width=\"{coordinate (number (nameof width) 2.0 style)}\"" + Symbols.dash (text "dash" "" style)
            [ for run in lines -> element "polyline" $" points=\"{path (corners shape run)}\" fill=\"none\" stroke-linejoin=\"round\"{look}" "" ]
    let inside (x: float) (y: float) = Double.IsFinite x && Double.IsFinite y
    let symbols =
        if not (mode.Contains "markers") then []
        else [ for point, (_, _, x, y) in Seq.indexed points do if inside x y then symbol trace index point x y (tooltip (if mode.Contains "text" then "" else hover point trace)) ]
    let texts =
        if not (mode.Contains "text") then []
        else
            let font = part "textfont" trace
            [ for point, (_, _, x, y) in Seq.indexed points do
                  if inside x y then
                      let position = at point tryText "textposition" "middle center" trace
                      let off = if mode.Contains "markers" then at point tryNumber "size" 6.0 (part "marker" trace) / 2.0 + 2.0 else 0.0
                      let across, right = if position.EndsWith("right", StringComparison.Ordinal) then "left", off elif position.EndsWith("left", StringComparison.Ordinal) then "right", -off else "center", 0.0
                      let down, below = if position.StartsWith("top", StringComparison.Ordinal) then "bottom", -off elif position.StartsWith("bottom", StringComparison.Ordinal) then "top", off else "middle", 0.0
                      textAt (x + right) (y + below) (hover point trace) (number "size" 12.0 font) (text "color" Theme.Ink font) across down 0.0 ]
    let errors = errorBars trace xAxis points + errorBars trace yAxis points
    String.Join("", areas @ strokes), String.Join("", errors :: symbols @ texts)

/// The bars of one series; `place` of `count` series that stand side by side.
let private bars (index: int) (trace: JsonElement) (xAxis: Axis) (yAxis: Axis) (place: int) (count: int) (gap: float) =
    let isHorizontal = text "orientation" "v" trace = "h"
    let along, across = if isHorizontal then xAxis, yAxis else yAxis, xAxis
    let places = Axes.values (if isHorizontal then "y" else "x") trace |> Array.map across.Value
    let lengths = Axes.values (if isHorizontal then "x" else "y") trace |> Array.map along.Value
    let sorted = places |> Array.distinct |> Array.sort
    let room = if sorted.Length > 1 then sorted |> Array.pairwise |> Array.map (fun (one, next) -> next - one) |> Array.min else 1.0
    let width = room * (1.0 - gap) / float count
    let zero = if along.IsLogarithmic then along.Start else along.Pixel 0.0
    let marker = part "marker" trace
    let drawn = [
        for point, (at', length) in Seq.indexed (Array.zip places lengths) do
            if Double.IsFinite at' && Double.IsFinite length then
                let low = at' - room * (1.0 - gap) / 2.0 + width * float place
                let one, other, tip = across.Pixel low, across.Pixel(low + width), along.Pixel length
                let look = fillAndEdge (at point tryText "color" (colorOf index trace) marker) (part "line" marker)
                if isHorizontal then rectangle zero one tip other look (tooltip (hover point trace)) else rectangle one zero other tip look (tooltip (hover point trace)) ]
    let middle at' = across.Pixel(at' - room * (1.0 - gap) / 2.0 + width * (float place + 0.5))
    let ends = Array.zip places lengths |> Array.map (fun (at', length) -> if isHorizontal then length, at', along.Pixel length, middle at' else at', length, middle at', along.Pixel length)
    String.Join("", drawn), errorBars trace along ends

/// The steps of a heat map's colours; the theme's where it names a scale by a name only.
let scaleOf (trace: JsonElement) =
    let steps = [ for step in list "colorscale" trace do match items step with [| at; color |] when (tryNumber at).IsSome -> (tryNumber at).Value, tryText color |> Option.defaultValue "" | _ -> () ]
    if steps.Length < 2 then Theme.Scale elif flag "reversescale" false trace then [ for stop, color in List.rev steps -> 1.0 - stop, color ] else steps

let private heatmap (trace: JsonElement) (xAxis: Axis) (yAxis: Axis) =
    let rows = list "z" trace |> Array.map items
    let xs, ys = Axes.values "x" trace |> Array.map xAxis.Value, Axes.values "y" trace |> Array.map yAxis.Value
    let all = [ for row in rows do yield! Array.choose tryNumber row ]
    let low, high = number "zmin" (if all.IsEmpty then 0.0 else List.min all) trace, number "zmax" (if all.IsEmpty then 1.0 else List.max all) trace
    let hovers, scale = list "text" trace, scaleOf trace
    let cells = [
        for row, cells in Seq.indexed rows do
            for column, cell in Seq.indexed cells do
                match tryNumber cell with
                | Some value ->
                    let color = Theme.between scale ((value - low) / (high - low))
                    let note = if row < hovers.Length then (items hovers[row] |> Array.tryItem column |> Option.bind tryText |> Option.defaultValue "") else ""
                    let edges (axis: Axis) value = axis.Pixel(value - 0.5), axis.Pixel(value + 0.5)
                    let (left, right), (one, other) = edges xAxis xs[column], edges yAxis ys[row]
                    // Cells overlap by a hair: otherwise the page shines through between them.
                    rectangle left (min one other) (right + 0.4) (max one other + 0.4) (paint "fill" color) (tooltip note)
                | None -> () ]
    String.Join("", cells), ""

/// One series: what is clipped to its panel, and what is not.
let draw (layout: JsonElement) (traces: JsonElement[]) (index: int) (xAxis: Axis) (yAxis: Axis) =
    let trace = traces[index]
    match text "type" "scatter" trace with
    | "scatter" -> scatter index trace xAxis yAxis
    | "heatmap" -> heatmap trace xAxis yAxis
    | "bar" ->
        let isSide (other: JsonElement) = text "type" "" other = "bar" && text "xaxis" "x" other = text "xaxis" "x" trace && text "yaxis" "y" other = text "yaxis" "y" trace
        let siblings = traces |> Array.indexed |> Array.filter (fun (_, other) -> isSide other) |> Array.map fst
        let isGroup = text "barmode" "group" layout = "group"
        let place, count = if isGroup then Array.IndexOf(siblings, index), siblings.Length else 0, 1
        bars index trace xAxis yAxis place count (number "bargap" 0.2 layout)
    | other -> raise (UserException $"A series of type '{other}' has no static form here: take scatter, bar or heatmap, or show the chart in a browser.")
