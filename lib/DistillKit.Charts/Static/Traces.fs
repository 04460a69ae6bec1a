/// Series as SVG: scatter, bar and heatmap.
module internal DistillKit.Charts.Static.Traces

open System
open System.Text.Json
open DistillKit
open DistillKit.Charts
open DistillKit.Charts.Static.ChartJson
open DistillKit.Charts.Static.Markup

let private dash (name: string) =
    match name with
    | "dash" -> " stroke-dasharray=\"9 6\""
    | "dot" -> " stroke-dasharray=\"2 3\""
    | "dashdot" -> " stroke-dasharray=\"9 5 2 5\""
    | "longdash" -> " stroke-dasharray=\"15 7\""
    | "longdashdot" -> " stroke-dasharray=\"15 6 2 6\""
    | "" | "solid" -> ""
    | other -> raise (UserException $"The dash '{other}' has no static form here: take solid, dash, dot or dashdot.")

/// The colour of a series; one that names none has that of its place among the others.
let colorOf (index: int) (trace: JsonElement) =
    let marker, line = part "marker" trace |> at 0 tryText "color" "", part "line" trace |> text "color" ""
    let colors = if text "mode" "" trace = "markers" then [ marker; line ] else [ line; marker ]
    List.tryFind ((<>) "") colors |> Option.defaultValue (Theme.color index)

let private hover index trace = tooltip (at index tryText "text" "" trace)

let private fillAndEdge (color: string) (line: JsonElement) =
    match text "color" "" line with
    | "" -> paint "fill" color
    | edge -> paint "fill" color + paint "stroke" edge + $" stroke-width=\"{coordinate (number (nameof width) 1.0 line)}\""

let strokeOf (index: int) (trace: JsonElement) =
    let style = part "line" trace
    colorOf index trace, number (nameof width) 2.0 style, dash (text "dash" "" style)

let symbol (trace: JsonElement) (index: int) (point: int) (x: float, y: float) (content: string) =
    let marker = part "marker" trace
    let look = fillAndEdge (at point tryText "color" (colorOf index trace) marker) (part "line" marker)
    let half = at point tryNumber "size" 6.0 marker / 2.0
    let polygon factor corners =
        let points = path [ for right, down in corners -> x + half * factor * right, y + half * factor * down ]
        element "polygon" $" points=\"{points}\"{look}" content
    let cross =
        [ -0.38, -1.0; 0.38, -1.0; 0.38, -0.38; 1.0, -0.38; 1.0, 0.38; 0.38, 0.38; 0.38, 1.0; -0.38, 1.0; -0.38, 0.38; -1.0, 0.38
          -1.0, -0.38; -0.38, -0.38 ]
    match at point tryText "symbol" "circle" marker with
    | "square" -> polygon 1.0 [ -1.0, -1.0; 1.0, -1.0; 1.0, 1.0; -1.0, 1.0 ]
    | "diamond" -> polygon 1.3 [ 0.0, -1.0; 1.0, 0.0; 0.0, 1.0; -1.0, 0.0 ]
    | "triangle-up" -> polygon 1.15 [ 0.0, -1.0; 1.0, 0.75; -1.0, 0.75 ]
    | "cross" -> polygon 1.1 cross
    | "x" -> polygon 1.1 [ for right, down in cross -> (right - down) * 0.707, (right + down) * 0.707 ]
    | "circle" -> element "circle" $" cx=\"{coordinate x}\" cy=\"{coordinate y}\" r=\"{coordinate half}\"{look}" content
    | other ->
        let known = String.Join(", ", Theme.Symbols)
        raise (UserException $"The symbol '{other}' has no static form here: take one of {known}.")

let private errorBars (trace: JsonElement) (axis: Axis) (points: ((float * float) * (float * float))[]) =
    let error = part (if axis.IsHorizontal then "error_x" else "error_y") trace
    let color, thickness, cap = text "color" Theme.Ink error, number "thickness" 2.0 error, number (nameof width) 4.0 error
    all [
        for index, (value, (x, y)) in Seq.indexed points do
            let up, down = Axes.errors index error
            let value = if axis.IsHorizontal then fst value else snd value
            if up > 0.0 || down > 0.0 then
                let low, high = axis.Pixel(value - down), axis.Pixel(value + up)
                if axis.IsHorizontal then
                    line low y high y color thickness ""
                    for ending in [ low; high ] do line ending (y - cap) ending (y + cap) color thickness ""
                else
                    line x low x high color thickness ""
                    for ending in [ low; high ] do line (x - cap) ending (x + cap) ending color thickness "" ]

/// The corners of a line: a step goes sideways first ("hv") or up first ("vh").
let private corners (shape: string) (points: (float * float)[]) =
    [ for index, (x, y) in Seq.indexed points do
          match shape with
          | "hv" -> if index > 0 then x, snd points[index - 1]
          | "vh" -> if index > 0 then fst points[index - 1], y
          | "linear" -> ()
          | other -> raise (UserException $"A line of shape '{other}' has no static form here: take linear, hv or vh.")
          x, y ]

let private isInside (x: float, y: float) = Double.IsFinite x && Double.IsFinite y

/// Points without a number cut a line in two.
let private runs (points: (float * float)[]) =
    let add point runs =
        match isInside point, runs with
        | true, run :: rest -> (point :: run) :: rest
        | true, [] -> [ [ point ] ]
        | false, _ -> [] :: runs
    Array.foldBack add points [] |> List.filter (List.isEmpty >> not) |> List.map List.toArray

let private scatter (index: int) (trace: JsonElement) (xAxis: Axis) (yAxis: Axis) =
    let xs, ys = Axes.values "x" trace |> Array.map xAxis.Value, Axes.values "y" trace |> Array.map yAxis.Value
    let values = Array.zip (Array.truncate ys.Length xs) (Array.truncate xs.Length ys)
    let points = [| for x, y in values -> xAxis.Pixel x, yAxis.Pixel y |]
    let mode, shape = text "mode" "lines+markers" trace, text "shape" "linear" (part "line" trace)
    let lines = [ for run in runs points -> corners shape run ]
    let bottom =
        if yAxis.IsLogarithmic then yAxis.Start
        else Math.Clamp(yAxis.Pixel 0.0, min yAxis.Start yAxis.End, max yAxis.Start yAxis.End)
    let areas =
        [ if text "fill" "" trace = "tozeroy" then
              let fill = paint "fill" (text "fillcolor" (Theme.faded 0.3 (colorOf index trace)) trace)
              for outline in lines do
                  let area = path (outline @ [ fst (List.last outline), bottom; fst outline.Head, bottom ])
                  element "polygon" $" points=\"{area}\"{fill}" "" ]
    let strokes =
        [ if mode.Contains "lines" then
              let color, thickness, dash = strokeOf index trace
              let look = paint "stroke" color + $" stroke-width=\"{coordinate thickness}\"{dash}"
              for outline in lines do element "polyline" $" points=\"{path outline}\" fill=\"none\" stroke-linejoin=\"round\"{look}" "" ]
    let shown = points |> Array.indexed |> Array.filter (snd >> isInside)
    let symbols =
        [ if mode.Contains "markers" then
              for point, place in shown do symbol trace index point place (if mode.Contains "text" then "" else hover point trace) ]
    let texts =
        [ if mode.Contains "text" then
              let font = part "textfont" trace
              for point, (x, y) in shown do
                  let position = at point tryText "textposition" "middle center" trace
                  let has (side: string) = position.Contains side
                  let off = if mode.Contains "markers" then at point tryNumber "size" 6.0 (part "marker" trace) / 2.0 + 2.0 else 0.0
                  let across, right = if has "right" then "left", off elif has "left" then "right", -off else "center", 0.0
                  let down, below = if has "top" then "bottom", -off elif has "bottom" then "top", off else "middle", 0.0
                  at point tryText "text" "" trace
                  |> textOf (number "size" 12.0 font) (text "color" Theme.Ink font) 0.0 (x + right, y + below) across down ]
    let ends = Array.zip values points
    all (areas @ strokes), all (errorBars trace xAxis ends :: errorBars trace yAxis ends :: symbols @ texts)

/// The bars of one series; `place` of `count` series that stand side by side.
let private bars (index: int) (trace: JsonElement) (xAxis: Axis) (yAxis: Axis) (gap: float) (place: int, count: int) =
    let isHorizontal = text "orientation" "v" trace = "h"
    let along, across = if isHorizontal then xAxis, yAxis else yAxis, xAxis
    let places = Axes.values (if isHorizontal then "y" else "x") trace |> Array.map across.Value
    let lengths = Axes.values (if isHorizontal then "x" else "y") trace |> Array.map along.Value
    let steps = places |> Array.distinct |> Array.sort |> Array.pairwise |> Array.map (fun (one, next) -> next - one)
    let room = (if steps.Length > 0 then Array.min steps else 1.0) * (1.0 - gap)
    let width = room / float count
    let zero = if along.IsLogarithmic then along.Start else along.Pixel 0.0
    let marker = part "marker" trace
    let turned (one, other) = if isHorizontal then other, one else one, other
    let bars = Array.zip places lengths |> Array.map (fun (at, length) -> at, length, at - room / 2.0 + width * float place)
    let drawn =
        [ for point, (at', length, low) in Seq.indexed bars do
              if isInside (at', length) then
                  let (x1, y1), (x2, y2) = turned (across.Pixel low, zero), turned (across.Pixel(low + width), along.Pixel length)
                  let look = fillAndEdge (at point tryText "color" (colorOf index trace) marker) (part "line" marker)
                  rectangle x1 y1 x2 y2 look (hover point trace) ]
    let ends = [| for at, length, low in bars -> turned (at, length), turned (across.Pixel(low + width / 2.0), along.Pixel length) |]
    all drawn, errorBars trace along ends

let limits (trace: JsonElement) =
    let all = [ for row in list "z" trace do yield! Array.choose tryNumber (items row) ]
    let ends = if all.IsEmpty then 0.0, 1.0 else List.min all, List.max all
    number "zmin" (fst ends) trace, number "zmax" (snd ends) trace

let private heatmap (trace: JsonElement) (xAxis: Axis) (yAxis: Axis) =
    let xs, ys = Axes.values "x" trace |> Array.map xAxis.Value, Axes.values "y" trace |> Array.map yAxis.Value
    let (low, high), hovers = limits trace, list "text" trace |> Array.map items
    let edges (axis: Axis) value = axis.Pixel(value - 0.5), axis.Pixel(value + 0.5)
    let cells =
        [ for row, cells in Seq.indexed (list "z" trace) do
              for column, cell in Seq.indexed (items cells) do
                  match tryNumber cell with
                  | Some value ->
                      let color = Theme.ofScale ((value - low) / (high - low))
                      let note = Array.tryItem row hovers |> Option.bind (Array.tryItem column) |> Option.bind tryText
                      let (left, right), (one, other) = edges xAxis xs[column], edges yAxis ys[row]
                      // Cells overlap by a hair: otherwise the page shines through between them.
                      rectangle left (min one other) (right + 0.4) (max one other + 0.4) (paint "fill" color) (tooltip (defaultArg note ""))
                  | None -> () ]
    all cells, ""

/// One series: what is clipped to its panel, and what is not.
let draw (layout: JsonElement) (traces: JsonElement[]) (index: int) (xAxis: Axis) (yAxis: Axis) =
    let trace = traces[index]
    match kind trace with
    | "scatter" -> scatter index trace xAxis yAxis
    | "heatmap" -> heatmap trace xAxis yAxis
    | "bar" ->
        let isSide (other: JsonElement) = kind other = "bar" && axisOf "x" other = xAxis.Name && axisOf "y" other = yAxis.Name
        let siblings = [| for place, other in Seq.indexed traces do if isSide other then place |]
        bars index trace xAxis yAxis (number "bargap" 0.2 layout) (Array.IndexOf(siblings, index), siblings.Length)
    | other ->
        raise (UserException $"A series of type '{other}' has no static form here: take scatter, bar or heatmap, or show it in a browser.")
