namespace DistillKit.Charts

open System.Collections.Generic
open Newtonsoft.Json
open XPlot.Plotly

/// <summary>A layout with any number of panels: XPlot.Plotly names only the first two axes, plotly.js takes more.</summary>
type Panels() =
    inherit Layout.Layout()

    /// <summary>The axes from the third on by their names in plotly.js, for instance <c>xaxis3</c>.</summary>
    [<JsonExtensionData>]
    member val More: IDictionary<string, obj> = Dictionary() with get, set

    /// <summary>Sets the axes of a panel, counted from 0.</summary>
    member this.SetAxes(panel: int, x: Xaxis, y: Yaxis) =
        match panel with
        | 0 -> this.xaxis <- x; this.yaxis <- y
        | 1 -> this.xaxis2 <- x; this.yaxis2 <- y
        | _ ->
            this.More[$"xaxis{panel + 1}"] <- x
            this.More[$"yaxis{panel + 1}"] <- y

    /// <summary>The same for one of several panels: its axes cross each other.</summary>
    member this.SetPanel(panel: int, x: Xaxis, y: Yaxis) =
        let place = if panel = 0 then "" else string (panel + 1)
        x.anchor <- $"y{place}"
        y.anchor <- $"x{place}"
        this.SetAxes(panel, x, y)
