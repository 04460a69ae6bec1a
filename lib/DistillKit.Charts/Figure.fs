/// What all charts share: axes, a layout, and the chart around them.
module internal DistillKit.Charts.Figure

open System
open System.Collections.Generic
open System.Globalization
open Newtonsoft.Json
open XPlot.Plotly

/// A layout with any number of panels: XPlot.Plotly names only the first two axes, plotly.js takes more.
type Panels() =
    inherit Layout.Layout()

    /// What XPlot.Plotly's layout has no place for: the axes from the third on by their names in plotly.js, for instance xaxis3, and a
    /// title that says where it stands.
    [<JsonExtensionData>]
    member val More: IDictionary<string, obj> = Dictionary() with get, set

    /// Sets the axes of a panel, counted from 0.
    member this.SetAxes(panel: int, x: Xaxis, y: Yaxis) =
        match panel with
        | 0 -> this.xaxis <- x; this.yaxis <- y
        | 1 -> this.xaxis2 <- x; this.yaxis2 <- y
        | _ ->
            this.More[$"xaxis{panel + 1}"] <- x
            this.More[$"yaxis{panel + 1}"] <- y

    /// The same for one of several panels: its axes cross each other.
    member this.SetPanel(panel: int, x: Xaxis, y: Yaxis) =
        let place = if panel = 0 then "" else string (panel + 1)
        x.anchor <- $"y{place}"
        y.anchor <- $"x{place}"
        this.SetAxes(panel, x, y)

let number (value: float) (digits: int) = value.ToString("F" + string digits, CultureInfo.InvariantCulture)

let short (value: float) =
    if value = 0.0 then "0" else number value (Math.Max(0, 2 - int (Math.Floor(Math.Log10(Math.Abs value)))))

/// With equally many decimals, three digits of the largest; what is 0 but for rounding has no sign.
let alike (values: seq<float>) =
    let most = values |> Seq.filter Double.IsFinite |> Seq.map abs |> Seq.fold max 0.0
    let digits = if most = 0.0 then 1 else Math.Clamp(2 - int (Math.Floor(Math.Log10 most)), 1, 15)
    fun (value: float) -> number (Math.Round(value, digits) + 0.0) digits

/// plotly.js reads markup in texts; what comes from a file must stay text.
let plain (text: string) = text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;")

/// A text in lines of at most so many letters; each but the first begins with `indent`.
let wrapped (width: int) (indent: string) (text: string) =
    let add (lines: string list) (word: string) =
        match lines with
        | line :: rest when line.Length + 1 + word.Length <= width -> (line + " " + word) :: rest
        | [] -> [ word ]
        | _ -> (indent + word) :: lines
    text.Split ' ' |> Array.fold add [] |> List.rev

/// A number and its unit stay on one line.
let together (text: string) = text.Replace(" %", "\u00a0%")

let widthOf (texts: seq<string>) = 7.7 * float (texts |> Seq.map String.length |> Seq.append [ 0 ] |> Seq.max)

let places (count: int) = [| for place in 0 .. count - 1 -> float place |]

let private font size = Font(family = Theme.Family, size = size, color = Theme.Ink)

let xAxis (title: string) =
    Xaxis(
        title = plain title, titlefont = font Theme.TextSize, tickfont = font Theme.TextSize, showgrid = true, gridcolor = Theme.Grid,
        zeroline = false, showline = true, linecolor = Theme.Ink, ticks = "outside", tickcolor = Theme.Ink, ticklen = 4.0)

let yAxis (title: string) =
    Yaxis(
        title = plain title, titlefont = font Theme.TextSize, tickfont = font Theme.TextSize, showgrid = true, gridcolor = Theme.Grid,
        zeroline = false, showline = true, linecolor = Theme.Ink, ticks = "outside", tickcolor = Theme.Ink, ticklen = 4.0)

/// The range of a logarithmic axis between two values, and its ticks: those of plotly.js are small digits between the powers of ten.
let private logarithmic (low: float) (high: float) (count: int) =
    let ticks = Ticks.logarithmic (Math.Log10 low) (Math.Log10 high) count
    [| Math.Log10 low; Math.Log10 high |], Array.ofList (List.map fst ticks), Array.ofList (List.map snd ticks)

let logarithmicX (axis: Xaxis) (low: float) (high: float) (count: int) =
    let range, values, texts = logarithmic low high count
    axis.``type`` <- "log"
    axis.range <- range
    axis.tickvals <- values
    axis.ticktext <- texts

let logarithmicY (axis: Yaxis) (low: float) (high: float) (count: int) =
    let range, values, texts = logarithmic low high count
    axis.``type`` <- "log"
    axis.range <- range
    axis.tickvals <- values
    axis.ticktext <- texts

let private nameLines (name: string) = wrapped 26 "" name |> List.map plain

let namesRoom (names: seq<string>) = 40.0 + widthOf (Seq.collect nameLines names)

let namesAxis (names: string[]) =
    let axis = yAxis ""
    axis.``type`` <- "linear"
    axis.range <- [| float names.Length - 0.5; -0.5 |]
    axis.tickvals <- [| 0 .. names.Length - 1 |]
    axis.ticktext <- [| for name in names -> String.Join("<br>", nameLines name) |]
    axis

/// Equal room for panels side by side, with a gap between them: the share of the width where each begins and ends.
let columns (count: int) (gap: float) =
    let width = (1.0 - gap * float (count - 1)) / float count
    [ for panel in 0 .. count - 1 -> let start = float panel * (width + gap) in Math.Round(start, 4), Math.Round(start + width, 4) ]

let axisName letter panel = if panel = 0 then letter else $"{letter}{panel + 1}"

/// Text at a place of the whole plot, in shares of its width and height.
let note (text: string) (x: float, y: float) (xanchor: string) (yanchor: string) =
    Annotation(
        text = text, showarrow = false, align = "left", font = font Theme.TextSize, xref = "paper", yref = "paper", x = x, y = y,
        xanchor = xanchor, yanchor = yanchor)

/// Room for notes between title and plot.
let reserve (pixels: float) (layout: Layout) = layout.margin.t <- layout.margin.t + pixels

let private titlePad = 10.0

/// A transparent layout with a title in as many lines as it needs; the names of the legend need room below it.
let layout (title: string) (left: float) (legend: seq<string>) =
    let lines = wrapped ((Theme.Width - 60) / 9) "" (together title) |> List.map plain
    let hasLegend = not (Seq.isEmpty legend)
    // plotly.js gives every entry the room of the widest, and wraps whole entries.
    let inRow = max 1.0 (Math.Floor((float Theme.Width - left - 30.0) / (60.0 + widthOf legend)))
    let rows = Math.Ceiling(float (Seq.length legend) / inRow)
    // The title begins at the upper end of the margin, and the legend stands at the lower one.
    let top = titlePad + 22.0 * float lines.Length + (if hasLegend then 14.0 + 20.0 * rows else 10.0)
    let clear, text = "rgba(0,0,0,0)", font Theme.TextSize
    let layout =
        Panels(
            font = text, paper_bgcolor = clear, plot_bgcolor = clear, margin = Margin(l = left, r = 30.0, t = top, b = 60.0),
            hovermode = "closest", showlegend = hasLegend,
            legend = Legend(orientation = "h", x = 0.0, y = 1.01, yanchor = "bottom", font = text, bgcolor = clear))
    layout.More["title"] <-
        {| text = String.Join("<br>", lines); font = font Theme.TitleSize; yref = "container"; y = 1.0; yanchor = "top"
           pad = {| t = titlePad |} |}
    layout

/// What a chart is drawn from, as an array; there must be something.
let some (title: string) (items: seq<'T>) =
    let items = Seq.toArray items
    if items.Length = 0 then raise (DistillKit.UserException $"There is nothing to draw for '{title}'.")
    items

/// The layout of a chart with names from top to bottom, and its axes.
let named (title: string) (names: string[]) (legend: seq<string>) (xTitle: string) =
    let layout, x, y = layout title (namesRoom names) legend, xAxis xTitle, namesAxis names
    layout.SetAxes(0, x, y)
    layout, x, y

let chart (height: int) (layout: Layout) (traces: seq<Trace>) =
    let chart = Chart.Plot(Seq.toArray traces, layout)
    chart.WithSize(Theme.Width, height)
    chart

let stroke index = Line(color = Theme.color index, width = 2.0, dash = Theme.dash index)

let symbols index (size: float) = Marker(color = Theme.color index, size = size, symbol = Theme.symbol index)

/// How far points that would hide each other stand apart, so that each is seen: those nearer to another one than some pixels spread along
/// a line, in their order, with a step that depends on how many they are; 0 for all others. The same points give the same offsets.
let spread (nearest: float) (step: int -> float) (pixels: (float * float)[]) : float[] =
    let touches (x, y) (x', y') = Math.Abs(x - x': float) < nearest && Math.Abs(y - y': float) < nearest
    let groups =
        (List.empty, Array.indexed pixels) ||> Array.fold (fun groups (index, point) ->
            let near, far = groups |> List.partition (List.exists (fun (_, other) -> touches point other))
            ((index, point) :: List.concat near) :: far)
    let offsets = Array.zeroCreate pixels.Length
    for group in groups do
        for place, (index, _) in List.indexed (List.sortBy (fun (index, (x, _)) -> x, index) group) do
            offsets[index] <- step group.Length * (float place - float (group.Length - 1) / 2.0)
    offsets

/// Text at points of a panel, as a series of its own: XPlot.Plotly's bars cannot say where their text stands.
let labels (panel: int) (xs: float seq) (ys: float seq) (texts: string seq) (position: string) (color: string) =
    // Spaces that are not dropped keep the text off the point.
    let spaced (text: string) = if position.EndsWith("right", StringComparison.Ordinal) then "\u00a0\u00a0" + text else text
    Scatter(
        x = Seq.toArray xs, y = Seq.toArray ys, text = [| for text in texts -> spaced text |], mode = "text", textposition = position,
        textfont = Textfont(family = Theme.Family, size = Theme.TextSize, color = color),
        hoverinfo = "skip", showlegend = false, xaxis = axisName "x" panel, yaxis = axisName "y" panel)

let line (x0: float, y0: float) (x1: float, y1: float) =
    Scatter(
        x = [| x0; x1 |], y = [| y0; y1 |], mode = "lines", line = Line(color = Theme.Ink, width = 1.5, dash = "dash"), hoverinfo = "skip",
        showlegend = false, xaxis = "x", yaxis = "y")

/// A grid of numbers as colours of the theme's scale, with a bar that explains them.
/// The texts in its cells: row, column, the share of the scale that they stand on, text.
let heatmap (z: Nullable<float>[][]) (low: float) (high: float) (title: string) (texts: (int * int * float option * string) list) =
    let font = font Theme.TextSize
    let map =
        Heatmap(
            z = z, x = [| 0 .. z[0].Length - 1 |], y = [| 0 .. z.Length - 1 |], zmin = low, zmax = high, showscale = true,
            hoverinfo = "skip", colorscale = [| for stop, color in Theme.Scale -> [| box stop; box color |] |],
            colorbar = Colorbar(title = plain title, titleside = "right", titlefont = font, tickfont = font, outlinewidth = 0.0))
    let color (_, _, share, _) = match share with Some share -> Theme.textOn (Theme.ofScale share) | None -> Theme.Ink
    let groups =
        [ for color, group in List.groupBy color texts ->
              let xs, ys = [ for _, column, _, _ in group -> float column ], [ for row, _, _, _ in group -> float row ]
              labels 0 xs ys [ for _, _, _, text in group -> text ] "middle center" color :> Trace ]
    map, (map :> Trace) :: groups
