namespace XPlot.Plotly

/// Pixels around the plot.
type Margin() =
    let given = Properties()
    member internal _.Given = given
    member _.l with get (): float = given.Get "l" and set (value: float) = given.Set("l", value)
    member _.r with get (): float = given.Get "r" and set (value: float) = given.Set("r", value)
    member _.t with get (): float = given.Get "t" and set (value: float) = given.Set("t", value)
    member _.b with get (): float = given.Get "b" and set (value: float) = given.Set("b", value)
    member _.pad with get (): float = given.Get "pad" and set (value: float) = given.Set("pad", value)
    member _.autoexpand with get (): bool = given.Get "autoexpand" and set (value: bool) = given.Set("autoexpand", value)

/// Where the names of the series stand.
type Legend() =
    let given = Properties()
    member internal _.Given = given
    member _.bgcolor with get (): string = given.Get "bgcolor" and set (value: string) = given.Set("bgcolor", value)
    member _.bordercolor with get (): string = given.Get "bordercolor" and set (value: string) = given.Set("bordercolor", value)
    member _.borderwidth with get (): float = given.Get "borderwidth" and set (value: float) = given.Set("borderwidth", value)
    member _.font with get (): Font = given.Get "font" and set (value: Font) = given.Set("font", value)
    member _.traceorder with get (): string = given.Get "traceorder" and set (value: string) = given.Set("traceorder", value)
    member _.orientation with get (): string = given.Get "orientation" and set (value: string) = given.Set("orientation", value)
    member _.tracegroupgap with get (): float = given.Get "tracegroupgap" and set (value: float) = given.Set("tracegroupgap", value)
    member _.x with get (): float = given.Get "x" and set (value: float) = given.Set("x", value)
    member _.xanchor with get (): obj = given.Get "xanchor" and set (value: obj) = given.Set("xanchor", value)
    member _.y with get (): float = given.Get "y" and set (value: float) = given.Set("y", value)
    member _.yanchor with get (): obj = given.Get "yanchor" and set (value: obj) = given.Set("yanchor", value)
    member _.yref with get (): string = given.Get "yref" and set (value: string) = given.Set("yref", value)

/// A text at a point.
type Annotation() =
    let given = Properties()
    member internal _.Given = given
    member _.text with get (): string = given.Get "text" and set (value: string) = given.Set("text", value)
    member _.textangle with get (): float = given.Get "textangle" and set (value: float) = given.Set("textangle", value)
    member _.font with get (): Font = given.Get "font" and set (value: Font) = given.Set("font", value)
    member _.opacity with get (): float = given.Get "opacity" and set (value: float) = given.Set("opacity", value)
    member _.align with get (): obj = given.Get "align" and set (value: obj) = given.Set("align", value)
    member _.bgcolor with get (): string = given.Get "bgcolor" and set (value: string) = given.Set("bgcolor", value)
    member _.bordercolor with get (): string = given.Get "bordercolor" and set (value: string) = given.Set("bordercolor", value)
    member _.borderpad with get (): float = given.Get "borderpad" and set (value: float) = given.Set("borderpad", value)
    member _.borderwidth with get (): float = given.Get "borderwidth" and set (value: float) = given.Set("borderwidth", value)
    member _.showarrow with get (): bool = given.Get "showarrow" and set (value: bool) = given.Set("showarrow", value)
    member _.arrowcolor with get (): string = given.Get "arrowcolor" and set (value: string) = given.Set("arrowcolor", value)
    member _.arrowhead with get (): int = given.Get "arrowhead" and set (value: int) = given.Set("arrowhead", value)
    member _.arrowsize with get (): float = given.Get "arrowsize" and set (value: float) = given.Set("arrowsize", value)
    member _.arrowwidth with get (): float = given.Get "arrowwidth" and set (value: float) = given.Set("arrowwidth", value)
    member _.axref with get (): obj = given.Get "axref" and set (value: obj) = given.Set("axref", value)
    member _.ax with get (): float = given.Get "ax" and set (value: float) = given.Set("ax", value)
    member _.ayref with get (): obj = given.Get "ayref" and set (value: obj) = given.Set("ayref", value)
    member _.ay with get (): float = given.Get "ay" and set (value: float) = given.Set("ay", value)
    member _.xref with get (): obj = given.Get "xref" and set (value: obj) = given.Set("xref", value)
    member _.x with get (): obj = given.Get "x" and set (value: obj) = given.Set("x", value)
    member _.xanchor with get (): obj = given.Get "xanchor" and set (value: obj) = given.Set("xanchor", value)
    member _.yref with get (): obj = given.Get "yref" and set (value: obj) = given.Set("yref", value)
    member _.y with get (): obj = given.Get "y" and set (value: obj) = given.Set("y", value)
    member _.yanchor with get (): obj = given.Get "yanchor" and set (value: obj) = given.Set("yanchor", value)

/// A line or a rectangle behind or before the series.
type Shape() =
    let given = Properties()
    member internal _.Given = given
    member _.``type`` with get (): obj = given.Get "type" and set (value: obj) = given.Set("type", value)
    member _.xref with get (): obj = given.Get "xref" and set (value: obj) = given.Set("xref", value)
    member _.x0 with get (): obj = given.Get "x0" and set (value: obj) = given.Set("x0", value)
    member _.x1 with get (): obj = given.Get "x1" and set (value: obj) = given.Set("x1", value)
    member _.yref with get (): obj = given.Get "yref" and set (value: obj) = given.Set("yref", value)
    member _.y0 with get (): obj = given.Get "y0" and set (value: obj) = given.Set("y0", value)
    member _.y1 with get (): obj = given.Get "y1" and set (value: obj) = given.Set("y1", value)
    member _.path with get (): string = given.Get "path" and set (value: string) = given.Set("path", value)
    member _.opacity with get (): float = given.Get "opacity" and set (value: float) = given.Set("opacity", value)
    member _.line with get (): Line = given.Get "line" and set (value: Line) = given.Set("line", value)
    member _.fillcolor with get (): string = given.Get "fillcolor" and set (value: string) = given.Set("fillcolor", value)

[<AutoOpen>]
module Layout =

    /// Everything of a chart that is not a series.
    type Layout() =
        let given = Properties()
        member internal _.Given = given
        member _.font with get (): Font = given.Get "font" and set (value: Font) = given.Set("font", value)
        member _.title with get (): string = given.Get "title" and set (value: string) = given.Set("title", value)
        member _.titlefont with get (): Font = given.Get "titlefont" and set (value: Font) = given.Set("titlefont", value)
        member _.autosize with get (): obj = given.Get "autosize" and set (value: obj) = given.Set("autosize", value)
        member _.width with get (): float = given.Get "width" and set (value: float) = given.Set("width", value)
        member _.height with get (): float = given.Get "height" and set (value: float) = given.Set("height", value)
        member _.margin with get (): Margin = given.Get "margin" and set (value: Margin) = given.Set("margin", value)
        member _.paper_bgcolor with get (): string = given.Get "paper_bgcolor" and set (value: string) = given.Set("paper_bgcolor", value)
        member _.plot_bgcolor with get (): string = given.Get "plot_bgcolor" and set (value: string) = given.Set("plot_bgcolor", value)
        member _.separators with get (): string = given.Get "separators" and set (value: string) = given.Set("separators", value)
        member _.showlegend with get (): bool = given.Get "showlegend" and set (value: bool) = given.Set("showlegend", value)
        member _.dragmode with get (): obj = given.Get "dragmode" and set (value: obj) = given.Set("dragmode", value)
        member _.hovermode with get (): obj = given.Get "hovermode" and set (value: obj) = given.Set("hovermode", value)
        member _.xaxis with get (): Xaxis = given.Get "xaxis" and set (value: Xaxis) = given.Set("xaxis", value)
        member _.xaxis2 with get (): Xaxis = given.Get "xaxis2" and set (value: Xaxis) = given.Set("xaxis2", value)
        member _.yaxis with get (): Yaxis = given.Get "yaxis" and set (value: Yaxis) = given.Set("yaxis", value)
        member _.yaxis2 with get (): Yaxis = given.Get "yaxis2" and set (value: Yaxis) = given.Set("yaxis2", value)
        member _.legend with get (): Legend = given.Get "legend" and set (value: Legend) = given.Set("legend", value)
        member _.annotations with get (): seq<Annotation> = given.Get "annotations" and set (value: seq<Annotation>) = given.Set("annotations", value)
        member _.shapes with get (): seq<Shape> = given.Get "shapes" and set (value: seq<Shape>) = given.Set("shapes", value)
        member _.barmode with get (): string = given.Get "barmode" and set (value: string) = given.Set("barmode", value)
        member _.bargap with get (): float = given.Get "bargap" and set (value: float) = given.Set("bargap", value)
        member _.bargroupgap with get (): float = given.Get "bargroupgap" and set (value: float) = given.Set("bargroupgap", value)
        member _.boxmode with get (): string = given.Get "boxmode" and set (value: string) = given.Set("boxmode", value)
