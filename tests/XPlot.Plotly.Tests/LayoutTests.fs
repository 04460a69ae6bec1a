module XPlot.Plotly.Tests.LayoutTests

open Xunit
open XPlot.Plotly

let private written (layout: Layout) = Script.layout (Chart.Plot(Scatter(), layout))

[<Fact>]
let ``Axes, margins, legend and fonts are objects of their own`` () =
    written (
        Layout(
            font = Font(family = "serif", size = 13.5, color = "#123456"), margin = Margin(l = 10.5, r = 20.5), legend = Legend(orientation = "h", x = 0.5),
            yaxis = Yaxis(range = [ 0.5; 1.5 ], tickvals = [ 1 ], ticktext = [ "one" ], showgrid = false, gridcolor = "grey"), barmode = "stack", bargap = 0.25))
    |> Script.isJson
        """{"font":{"family":"serif","size":13.5,"color":"#123456"},"margin":{"l":10.5,"r":20.5},"legend":{"orientation":"h","x":0.5},
            "yaxis":{"range":[0.5,1.5],"tickvals":[1],"ticktext":["one"],"showgrid":false,"gridcolor":"grey","_isSubplotObj":true},"barmode":"stack","bargap":0.25}"""

[<Fact>]
let ``Annotations and shapes are lists`` () =
    written (
        Layout(
            annotations = [ Annotation(text = "here", x = 1.5, y = "b", showarrow = false, xref = "paper") ],
            shapes = [ Shape(``type`` = "rect", x0 = 0.5, x1 = 1.5, fillcolor = "red", line = Line(width = 1.5)) ]))
    |> Script.isJson
        """{"annotations":[{"text":"here","x":1.5,"y":"b","showarrow":false,"xref":"paper"}],"shapes":[{"type":"rect","x0":0.5,"x1":1.5,"fillcolor":"red","line":{"width":1.5}}]}"""

/// More axes than the package names.
type Wider() =
    inherit Layout()
    member val xaxis3 = Xaxis(title = "third") with get, set
    member val hidden = 1 with get, set
    member _.ShouldSerializehidden() = false

[<Fact>]
let ``A derived layout adds its public properties, except those that say no`` () =
    written (Wider(title = "wide")) |> Script.isJson """{"title":"wide","xaxis3":{"title":"third","_isSubplotObj":true}}"""
