namespace DistillKit.Charts

open XPlot.Plotly

/// <summary>
/// A layout with up to six panels: XPlot.Plotly names only the first two axes, plotly.js takes any number. Public, because whatever writes it as JSON looks for public properties.
/// </summary>
type Panels() =
    inherit Layout()
    /// <summary>The horizontal axis of panel 3, counted from 1; null where there is none.</summary>
    member val xaxis3: Xaxis | null = null with get, set
    /// <summary>The horizontal axis of panel 4, counted from 1; null where there is none.</summary>
    member val xaxis4: Xaxis | null = null with get, set
    /// <summary>The horizontal axis of panel 5, counted from 1; null where there is none.</summary>
    member val xaxis5: Xaxis | null = null with get, set
    /// <summary>The horizontal axis of panel 6, counted from 1; null where there is none.</summary>
    member val xaxis6: Xaxis | null = null with get, set
    /// <summary>The vertical axis of panel 3, counted from 1; null where there is none.</summary>
    member val yaxis3: Yaxis | null = null with get, set
    /// <summary>The vertical axis of panel 4, counted from 1; null where there is none.</summary>
    member val yaxis4: Yaxis | null = null with get, set
    /// <summary>The vertical axis of panel 5, counted from 1; null where there is none.</summary>
    member val yaxis5: Yaxis | null = null with get, set
    /// <summary>The vertical axis of panel 6, counted from 1; null where there is none.</summary>
    member val yaxis6: Yaxis | null = null with get, set
    /// <summary>Is there such an axis?</summary>
    member this.ShouldSerializexaxis3() = not (isNull this.xaxis3)
    /// <summary>Is there such an axis?</summary>
    member this.ShouldSerializexaxis4() = not (isNull this.xaxis4)
    /// <summary>Is there such an axis?</summary>
    member this.ShouldSerializexaxis5() = not (isNull this.xaxis5)
    /// <summary>Is there such an axis?</summary>
    member this.ShouldSerializexaxis6() = not (isNull this.xaxis6)
    /// <summary>Is there such an axis?</summary>
    member this.ShouldSerializeyaxis3() = not (isNull this.yaxis3)
    /// <summary>Is there such an axis?</summary>
    member this.ShouldSerializeyaxis4() = not (isNull this.yaxis4)
    /// <summary>Is there such an axis?</summary>
    member this.ShouldSerializeyaxis5() = not (isNull this.yaxis5)
    /// <summary>Is there such an axis?</summary>
    member this.ShouldSerializeyaxis6() = not (isNull this.yaxis6)

    /// <summary>Sets the axes of a panel, counted from 0.</summary>
    /// <exception cref="T:System.ArgumentException">There are six panels.</exception>
    member this.SetAxes(panel: int, x: Xaxis, y: Yaxis) =
        match panel with
        | 0 -> this.xaxis <- x; this.yaxis <- y
        | 1 -> this.xaxis2 <- x; this.yaxis2 <- y
        | 2 -> this.xaxis3 <- x; this.yaxis3 <- y
        | 3 -> this.xaxis4 <- x; this.yaxis4 <- y
        | 4 -> this.xaxis5 <- x; this.yaxis5 <- y
        | 5 -> this.xaxis6 <- x; this.yaxis6 <- y
        | _ -> invalidArg (nameof panel) "A chart has six panels at most."
