namespace XPlot.Plotly

open System
open System.IO

/// A chart: series, a layout, and the HTML that draws them with plotly.js.
type PlotlyChart() =
    let mutable traces: Trace list = []
    let mutable layout: Layout option = None
    let mutable names: string list = []

    let changeLayout change =
        let changed = layout |> Option.defaultWith Layout
        change changed
        layout <- Some changed

    member val Id = string (Guid.NewGuid()) with get, set
    member val Width = 900 with get, set
    member val Height = 500 with get, set
    member val PlotlySrc = "https://cdn.plot.ly/plotly-latest.min.js" with get, set

    member _.Plot(data: seq<#Trace>, ?Layout: Layout, ?Labels: seq<string>) =
        traces <- [ for trace in data -> trace :> Trace ]
        layout <- Layout
        names <- Labels |> Option.map List.ofSeq |> Option.defaultValue []

    member _.WithLayout(layoutObj: Layout) = layout <- Some layoutObj
    member this.WithOptions(options: Layout) = this.WithLayout options
    member _.WithLabel(label: string) = names <- [ label ]
    member _.WithLabels(labels: seq<string>) = names <- List.ofSeq labels
    member _.WithLegend(enabled: bool) = changeLayout (fun it -> it.showlegend <- enabled)
    member _.WithTitle(title: string) = changeLayout (fun it -> it.title <- title)

    member _.WithXTitle(xTitle: string) =
        changeLayout (fun it ->
            if not (it.Given.Has "xaxis") then it.xaxis <- Xaxis()
            it.xaxis.title <- xTitle)

    member _.WithYTitle(yTitle: string) =
        changeLayout (fun it ->
            if not (it.Given.Has "yaxis") then it.yaxis <- Yaxis()
            it.yaxis.title <- yTitle)

    member this.WithId(newId: string) = this.Id <- newId
    member this.WithPlotlySrc(src: string) = this.PlotlySrc <- src
    member this.WithWidth(width: int) = this.Width <- width
    member this.WithHeight(height: int) = this.Height <- height

    member this.WithSize(width: int, height: int) =
        this.Width <- width
        this.Height <- height

    member this.GetPlottingJS() =
        if not names.IsEmpty then
            traces |> List.iteri (fun index trace -> trace.name <- names[index])
        let layout = match layout with Some it -> Json.ofValue it | None -> "\"\""
        $"var data = {Json.ofValue traces};\nvar layout = {layout};\nPlotly.newPlot('{this.Id}', data, layout);"

    member this.GetInlineJS() = $"<script>\n{this.GetPlottingJS()}\n</script>"

    member this.GetInlineHtml() =
        $"<div id=\"{this.Id}\" style=\"width: {this.Width}px; height: {this.Height}px;\"></div>\n{this.GetInlineJS()}"

    member this.GetHtml() =
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"UTF-8\" />\n"
        + $"<script src=\"{this.PlotlySrc}\"></script>\n</head>\n<body>\n{this.GetInlineHtml()}\n</body>\n</html>"

    member this.Show() =
        let path = Path.Combine(Path.GetTempPath(), this.Id + ".html")
        File.WriteAllText(path, this.GetHtml())
        use _ = Diagnostics.Process.Start(Diagnostics.ProcessStartInfo(path, UseShellExecute = true))
        ()

type Chart =
    static member Plot(data: Trace) =
        let chart = PlotlyChart()
        chart.Plot [ data ]
        chart

    static member Plot(data: seq<#Trace>) =
        let chart = PlotlyChart()
        chart.Plot data
        chart

    static member Plot(data: Trace, layout: Layout) =
        let chart = PlotlyChart()
        chart.Plot([ data ], layout)
        chart

    static member Plot(data: seq<#Trace>, layout: Layout) =
        let chart = PlotlyChart()
        chart.Plot(data, layout)
        chart

    static member Show(chart: PlotlyChart) = chart.Show()

    static member WithHeight (height: int) (chart: PlotlyChart) = chart.WithHeight height; chart
    static member WithId (id: string) (chart: PlotlyChart) = chart.WithId id; chart
    static member WithLabel (label: string) (chart: PlotlyChart) = chart.WithLabel label; chart
    static member WithLabels (labels: seq<string>) (chart: PlotlyChart) = chart.WithLabels labels; chart
    static member WithLayout (layout: Layout) (chart: PlotlyChart) = chart.WithLayout layout; chart
    static member WithLegend (enabled: bool) (chart: PlotlyChart) = chart.WithLegend enabled; chart
    static member WithOptions (options: Layout) (chart: PlotlyChart) = chart.WithOptions options; chart
    static member WithSize (size: int * int) (chart: PlotlyChart) = chart.WithSize size; chart
    static member WithTitle (title: string) (chart: PlotlyChart) = chart.WithTitle title; chart
    static member WithWidth (width: int) (chart: PlotlyChart) = chart.WithWidth width; chart
    static member WithXTitle (xTitle: string) (chart: PlotlyChart) = chart.WithXTitle xTitle; chart
    static member WithYTitle (yTitle: string) (chart: PlotlyChart) = chart.WithYTitle yTitle; chart
