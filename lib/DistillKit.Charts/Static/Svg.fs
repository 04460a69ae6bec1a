namespace DistillKit.Charts

open System
open System.IO
open System.Text
open DistillKit.Charts.Static
open DistillKit.Charts.Static.ChartJson
open DistillKit.Charts.Static.Markup
open XPlot.Plotly

/// <summary>
/// Charts as pictures that need no script: what a code host, a printed page or a mail shows. They are drawn from the JSON that plotly.js is given, so a chart is described once.
/// Drawn are the parts that this library's charts use: scatter, bar and heatmap series, linear and logarithmic axes and categories, panels, error bars, legends, annotations and shapes.
/// </summary>
[<AbstractClass; Sealed>]
type Svg private () =

    /// <summary>The picture as an SVG element, which stands alone in a file or inline in HTML. The same chart gives the same text.</summary>
    /// <param name="chart">Of this library, or one that is made of the same parts.</param>
    /// <exception cref="T:DistillKit.UserException">The chart has a series of a kind that has no static form.</exception>
    static member Render(chart: PlotlyChart) : string = Svg.Draw(chart, Theme.Ink, "")

    /// <summary>The same on a white card of its own, with dark letters: for pages whose background nobody knows.</summary>
    /// <param name="chart">Of this library, or one that is made of the same parts.</param>
    /// <exception cref="T:DistillKit.UserException">The chart has a series of a kind that has no static form.</exception>
    static member RenderCard(chart: PlotlyChart) : string =
        Svg.Draw(chart, Theme.CardInk, "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#ffffff\"/>\n")

    static member private Draw(chart: PlotlyChart, ink: string, card: string) : string =
        let data, layout = ChartJson.read chart
        let traces = items data
        let frame = Frame.Of(chart.Width, chart.Height, layout)
        let axes = [ for letter in [ "x"; "y" ] do for name in Axes.names letter traces -> name, Axes.make frame layout traces name ] |> Map.ofList
        let pair (trace: Text.Json.JsonElement) = axes[text "xaxis" "x" trace], axes[text "yaxis" "y" trace]
        let panels = traces |> Array.map pair |> Array.distinctBy (fun (x, y) -> x.Name, y.Name)
        let order trace = match text "type" "scatter" trace with "heatmap" -> 0 | "bar" -> 1 | _ -> 2
        let drawn =
            [| for index in Array.sortBy (fun index -> order traces[index]) [| 0 .. traces.Length - 1 |] do
                   let x, y = pair traces[index]
                   let clipped, free = Traces.draw layout traces index x y
                   // An inner picture clips without an id, which would have to be unique on a page.
                   let left, top, width, height = min x.Start x.End, min y.Start y.End, abs (x.End - x.Start), abs (y.End - y.Start)
                   let size = $"width=\"{coordinate width}\" height=\"{coordinate height}\" viewBox=\"{coordinate left} {coordinate top} {coordinate width} {coordinate height}\""
                   let box = $" x=\"{coordinate left}\" y=\"{coordinate top}\" {size}"
                   (if clipped = "" then "" else element "svg" box ("\n" + clipped)), free |]
        let content = StringBuilder()
        let add (part: string) = content.Append part |> ignore
        let name = escape (title layout)
        add $"<title>{name}</title>\n"
        add card
        for x, y in panels do
            add (Surroundings.grid x y)
            add (Surroundings.grid y x)
        for clipped, _ in drawn do add clipped
        for x, y in panels do
            add (Surroundings.axis x y)
            add (Surroundings.axis y x)
        for _, free in drawn do add free
        for trace in traces do add (Surroundings.colorBar frame trace)
        add (Surroundings.shapes frame axes layout)
        add (Surroundings.annotations frame axes layout)
        add (Surroundings.legend frame layout traces)
        add (Surroundings.title frame layout)
        let size = $"width=\"{coordinate frame.Width}\" height=\"{coordinate frame.Height}\" viewBox=\"0 0 {coordinate frame.Width} {coordinate frame.Height}\""
        // A presentation attribute yields to any style of the page, so a page may set the colour of the text: svg.distillkit { color: ... }.
        let look = $"color=\"{ink}\" font-family=\"{Theme.Family}\" style=\"max-width:100%%;height:auto\""
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"distillkit\" role=\"img\" aria-label=\"{name}\" {size} {look}>\n{content}</svg>\n"

    /// <summary>Writes the picture to a file.</summary>
    /// <exception cref="T:DistillKit.UserException">The file cannot be written, or the chart has a series of a kind that has no static form.</exception>
    static member Save(chart: PlotlyChart, path: string) : unit =
        let text = Svg.Render chart
        try File.WriteAllText(path, text)
        with :? IOException | :? UnauthorizedAccessException as error -> raise (DistillKit.UserException($"Cannot write {path}: {error.Message}", error))
