/// <summary>
/// Charts as pictures that need no script: what a code host, a printed page or a mail shows. It draws what this library's charts use:
/// scatter, bar and heatmap series, linear and logarithmic axes and categories, panels, error bars, legends, texts and frames.
/// </summary>
module DistillKit.Charts.Svg

open System.Text.Json
open DistillKit.Charts.Static
open DistillKit.Charts.Static.ChartJson
open DistillKit.Charts.Static.Markup
open XPlot.Plotly

let private draw (chart: PlotlyChart) (ink: string) (card: string) =
    let data, layout = ChartJson.read chart
    let traces = items data
    let frame = Frame.Of(chart.Width, chart.Height, layout)
    let axes =
        Map [ for letter in [ "x"; "y" ] do
                  for name in traces |> Seq.map (axisOf letter) |> Seq.distinct -> name, Axes.make frame layout traces name ]
    let pair (trace: JsonElement) = axes[axisOf "x" trace], axes[axisOf "y" trace]
    let panels = traces |> Array.map pair |> Array.distinctBy (fun (x, y) -> x.Name, y.Name)
    let order index = match kind traces[index] with "heatmap" -> 0 | "bar" -> 1 | _ -> 2
    let drawn =
        [ for index in Seq.sortBy order [ 0 .. traces.Length - 1 ] do
              let x, y = pair traces[index]
              let clipped, free = Traces.draw layout traces index x y
              // An inner picture clips without an id, which would have to be unique on a page.
              let left, top = coordinate (min x.Start x.End), coordinate (min y.Start y.End)
              let width, height = coordinate (abs (x.End - x.Start)), coordinate (abs (y.End - y.Start))
              let box = $" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" viewBox=\"{left} {top} {width} {height}\""
              (if clipped = "" then "" else element "svg" box ("\n" + clipped)), free ]
    let name = escape (flat (fst (ChartJson.title layout)))
    let content =
        all [
            $"<title>{name}</title>\n"
            card
            for x, y in panels do Surroundings.grid x y + Surroundings.grid y x
            for clipped, _ in drawn do clipped
            for x, y in panels do Surroundings.axis x y + Surroundings.axis y x
            for _, free in drawn do free
            for trace in traces do Surroundings.colorBar frame trace
            Surroundings.frames frame axes layout
            Surroundings.annotations frame axes layout
            Surroundings.legend frame layout traces
            Surroundings.title frame layout ]
    let width, height = coordinate frame.Width, coordinate frame.Height
    let size = $"width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\""
    // A presentation attribute yields to any style of the page: svg.distillkit { color: ... } sets the colour of the text.
    let look = $"color=\"{ink}\" font-family=\"{Theme.Family}\" style=\"max-width:100%%;height:auto\""
    let kind = "xmlns=\"http://www.w3.org/2000/svg\" class=\"distillkit\" role=\"img\""
    $"<svg {kind} aria-label=\"{name}\" {size} {look}>\n{content}</svg>\n"

/// <summary>The picture as an SVG element, alone in a file or inline in HTML. The same chart gives the same text.</summary>
/// <exception cref="T:DistillKit.UserException">The chart has a series of a kind that has no static form.</exception>
let Render (chart: PlotlyChart) : string = draw chart Theme.Ink ""

/// <summary>The same on a white card of its own, with dark letters: for pages whose background nobody knows.</summary>
/// <exception cref="T:DistillKit.UserException">The chart has a series of a kind that has no static form.</exception>
let RenderCard (chart: PlotlyChart) : string =
    draw chart Theme.CardInk "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#ffffff\"/>\n"
