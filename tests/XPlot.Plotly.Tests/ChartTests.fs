module XPlot.Plotly.Tests.ChartTests

open System
open Xunit
open XPlot.Plotly

let private scatter () = Scatter(x = [ 1; 2 ], y = [ 3.5; 4.5 ])

[<Fact>]
let ``A chart of one series has a list of one`` () =
    Chart.Plot(scatter ()) |> Script.data |> Script.isJson """[{"type":"scatter","x":[1,2],"y":[3.5,4.5]}]"""

[<Fact>]
let ``Series of different kinds stand in one chart when they are upcast`` () =
    let traces: Trace list = [ scatter (); Bar(y = [ 1 ]) ]
    Chart.Plot traces |> Script.data |> Script.isJson """[{"type":"scatter","x":[1,2],"y":[3.5,4.5]},{"type":"bar","y":[1]}]"""

[<Fact>]
let ``Without a layout the script says so with an empty text`` () =
    Assert.Equal("\"\"", Script.layout (Chart.Plot(scatter ())))

[<Fact>]
let ``Titles and the legend make a layout, or change the one that is there`` () =
    let chart =
        Chart.Plot(scatter (), Layout(width = 300.0, xaxis = Xaxis(``type`` = "log")))
        |> Chart.WithTitle "Finding" |> Chart.WithXTitle "epochs" |> Chart.WithYTitle "loss" |> Chart.WithLegend false
    Script.layout chart
    |> Script.isJson """{"width":300,"title":"Finding","showlegend":false,"xaxis":{"type":"log","title":"epochs","_isSubplotObj":true},"yaxis":{"title":"loss","_isSubplotObj":true}}"""

[<Fact>]
let ``Labels become the names of the series`` () =
    let chart = Chart.Plot([ scatter (); scatter () ]) |> Chart.WithLabels [ "one"; "two" ]
    Assert.Contains("\"name\":\"two\"", Script.data chart)

[<Fact>]
let ``A layout given later replaces the one before`` () =
    let chart = Chart.Plot(scatter (), Layout(title = "old"))
    chart.WithOptions(Layout(barmode = "group"))
    Script.layout chart |> Script.isJson """{"barmode":"group"}"""

[<Fact>]
let ``The inline markup has a container of the size, and a script that draws in it`` () =
    let chart = Chart.Plot(scatter ()) |> Chart.WithSize (320, 240) |> Chart.WithId "my-chart"
    let html = chart.GetInlineHtml()
    Assert.Contains("<div id=\"my-chart\" style=\"width: 320px; height: 240px;\"></div>", html)
    Assert.Contains("Plotly.newPlot('my-chart', data, layout);", html)
    Assert.Contains("<script>", chart.GetInlineJS())

[<Fact>]
let ``A chart is 900 by 500 with an id of its own`` () =
    let one, other = Chart.Plot(scatter ()), Chart.Plot(scatter ())
    Assert.Equal((900, 500), (one.Width, one.Height))
    Assert.NotEqual<string>(one.Id, other.Id)

[<Fact>]
let ``The page loads plotly.js from where the chart says`` () =
    let chart = Chart.Plot(scatter ())
    Assert.Contains("<script src=\"https://cdn.plot.ly/plotly-latest.min.js\">", chart.GetHtml())
    chart.WithPlotlySrc "plotly.min.js"
    Assert.Contains("<script src=\"plotly.min.js\">", chart.GetHtml())
