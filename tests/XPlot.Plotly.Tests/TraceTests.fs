module XPlot.Plotly.Tests.TraceTests

open System
open System.Collections.Generic
open FsCheck
open Xunit
open XPlot.Plotly

let private only (trace: Trace) =
    let json = Script.data (Chart.Plot trace)
    json.Substring(1, json.Length - 2)

[<Fact>]
let ``Only what is set is written`` () =
    only (Scatter(name = "run", mode = "lines", line = Line(width = 2.0, dash = "dot"), opacity = 0.0))
    |> Script.isJson """{"type":"scatter","name":"run","mode":"lines","line":{"width":2,"dash":"dot"},"opacity":0}"""

[<Fact>]
let ``Each kind of series names itself`` () =
    let kinds: Trace list = [ Scatter(); Bar(); Histogram(); Heatmap(); Box() ]
    Assert.Equal<string>([ "scatter"; "bar"; "histogram"; "heatmap"; "box" ], [ for kind in kinds -> Script.field "type" (only kind) ])

[<Fact>]
let ``Error bars are written in full`` () =
    only (Bar(x = [| "a"; "b" |], y = [ 1.5; 2.5 ], error_y = Error_y(``type`` = "data", symmetric = false, array = [ 0.5; 0.25 ], arrayminus = [ 0.125; 0.75 ], color = "#000")))
    |> Script.isJson """{"type":"bar","x":["a","b"],"y":[1.5,2.5],"error_y":{"type":"data","symmetric":false,"array":[0.5,0.25],"arrayminus":[0.125,0.75],"color":"#000"}}"""

[<Fact>]
let ``A marker takes one value or one for each point`` () =
    only (Scatter(marker = Marker(color = [ "red"; "blue" ], size = 9.5, symbol = "diamond", line = Line(color = "grey"))))
    |> Script.isJson """{"type":"scatter","marker":{"color":["red","blue"],"size":9.5,"symbol":"diamond","line":{"color":"grey"}}}"""

[<Fact>]
let ``A heat map is a list of rows; a hole is null and not a number is a text`` () =
    only (Heatmap(z = [| [| Nullable 1.5; Nullable() |]; [| Nullable nan; Nullable 2.5 |] |], colorscale = [| [| box 0.5; box "#fff" |] |], zmin = 0.5, showscale = false))
    |> Script.isJson """{"type":"heatmap","z":[[1.5,null],["NaN",2.5]],"colorscale":[[0.5,"#fff"]],"zmin":0.5,"showscale":false}"""

[<Fact>]
let ``Histogram and box have their own properties`` () =
    only (Histogram(x = [ 1.5 ], histnorm = "percent", xbins = Xbins(start = -1.5, ``end`` = 1.5, size = 0.25)))
    |> Script.isJson """{"type":"histogram","x":[1.5],"histnorm":"percent","xbins":{"start":-1.5,"end":1.5,"size":0.25}}"""
    only (Box(y = [ 1.5; 2.5 ], boxpoints = "all", boxmean = true)) |> Script.isJson """{"type":"box","y":[1.5,2.5],"boxpoints":"all","boxmean":true}"""

[<Fact>]
let ``Plain .NET values are written as JSON has them`` () =
    let values: (obj | null) list = [ 1; 2L; 1.5f; 2.5m; true; "text"; DateTime(2026, 1, 2); null ]
    only (Scatter(x = values)) |> Script.isJson """{"type":"scatter","x":[1,2,1.5,2.5,true,"text","2026-01-02T00:00:00",null]}"""

[<Fact>]
let ``A dictionary is an object`` () =
    only (Scatter(text = Dictionary(dict [ "a", 1 ]))) |> Script.isJson """{"type":"scatter","text":{"a":1}}"""

[<Fact>]
let ``A property that was not set cannot be read`` () =
    Assert.Throws<ArgumentException>(fun () -> Scatter().mode |> ignore) |> ignore
    Assert.Equal("", Scatter().name)
    Assert.Equal(0.0, Font().size)

[<Fact>]
let ``Any number comes out as it went in`` () =
    let same (number: float) =
        not (Double.IsFinite number) || float ((Script.field "y" (only (Scatter(y = [ number ])))).Trim('[', ']')) = number
    Check.QuickThrowOnFailure(same)
