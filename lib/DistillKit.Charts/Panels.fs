namespace DistillKit.Charts

open XPlot.Plotly

/// A layout with up to six panels: XPlot.Plotly names only the first two axes, plotly.js takes any number.
type internal Panels() =
    inherit Layout()
    member val xaxis3: Xaxis | null = null with get, set
    member val xaxis4: Xaxis | null = null with get, set
    member val xaxis5: Xaxis | null = null with get, set
    member val xaxis6: Xaxis | null = null with get, set
    member val yaxis3: Yaxis | null = null with get, set
    member val yaxis4: Yaxis | null = null with get, set
    member val yaxis5: Yaxis | null = null with get, set
    member val yaxis6: Yaxis | null = null with get, set
    member this.ShouldSerializexaxis3() = not (isNull this.xaxis3)
    member this.ShouldSerializexaxis4() = not (isNull this.xaxis4)
    member this.ShouldSerializexaxis5() = not (isNull this.xaxis5)
    member this.ShouldSerializexaxis6() = not (isNull this.xaxis6)
    member this.ShouldSerializeyaxis3() = not (isNull this.yaxis3)
    member this.ShouldSerializeyaxis4() = not (isNull this.yaxis4)
    member this.ShouldSerializeyaxis5() = not (isNull this.yaxis5)
    member this.ShouldSerializeyaxis6() = not (isNull this.yaxis6)

    /// Sets the axes of a panel, counted from 0.
    member this.SetAxes(panel: int, x: Xaxis, y: Yaxis) =
        match panel with
        | 0 -> this.xaxis <- x; this.yaxis <- y
        | 1 -> this.xaxis2 <- x; this.yaxis2 <- y
        | 2 -> this.xaxis3 <- x; this.yaxis3 <- y
        | 3 -> this.xaxis4 <- x; this.yaxis4 <- y
        | 4 -> this.xaxis5 <- x; this.yaxis5 <- y
        | 5 -> this.xaxis6 <- x; this.yaxis6 <- y
        | _ -> invalidArg (nameof panel) "A chart has six panels at most."
