namespace XPlot.Plotly

/// Text: layout.font, titlefont, tickfont.
type Font() =
    let given = Properties()
    member internal _.Given = given
    member _.family with get (): string = given.Get("family", "") and set (value: string) = given.Set("family", value)
    member _.size with get (): float = given.Get("size", 0.0) and set (value: float) = given.Set("size", value)
    member _.color with get (): string = given.Get("color", "") and set (value: string) = given.Set("color", value)

/// The text of a trace.
type Textfont() =
    let given = Properties()
    member internal _.Given = given
    member _.family with get (): string = given.Get("family", "") and set (value: string) = given.Set("family", value)
    member _.size with get (): float = given.Get("size", 0.0) and set (value: float) = given.Set("size", value)
    member _.color with get (): string = given.Get("color", "") and set (value: string) = given.Set("color", value)

/// The line of a trace, or around a marker.
type Line() =
    let given = Properties()
    member internal _.Given = given
    member _.color with get (): obj = given.Get "color" and set (value: obj) = given.Set("color", value)
    member _.width with get (): obj = given.Get "width" and set (value: obj) = given.Set("width", value)
    member _.shape with get (): obj = given.Get "shape" and set (value: obj) = given.Set("shape", value)
    member _.smoothing with get (): float = given.Get("smoothing", 0.0) and set (value: float) = given.Set("smoothing", value)
    member _.dash with get (): string = given.Get("dash", "") and set (value: string) = given.Set("dash", value)

/// The scale beside a heat map.
type Colorbar() =
    let given = Properties()
    member internal _.Given = given
    member _.thicknessmode with get (): obj = given.Get "thicknessmode" and set (value: obj) = given.Set("thicknessmode", value)
    member _.thickness with get (): float = given.Get("thickness", 0.0) and set (value: float) = given.Set("thickness", value)
    member _.lenmode with get (): obj = given.Get "lenmode" and set (value: obj) = given.Set("lenmode", value)
    member _.len with get (): float = given.Get("len", 0.0) and set (value: float) = given.Set("len", value)
    member _.x with get (): float = given.Get("x", 0.0) and set (value: float) = given.Set("x", value)
    member _.xanchor with get (): obj = given.Get "xanchor" and set (value: obj) = given.Set("xanchor", value)
    member _.xpad with get (): float = given.Get("xpad", 0.0) and set (value: float) = given.Set("xpad", value)
    member _.y with get (): float = given.Get("y", 0.0) and set (value: float) = given.Set("y", value)
    member _.yanchor with get (): obj = given.Get "yanchor" and set (value: obj) = given.Set("yanchor", value)
    member _.ypad with get (): float = given.Get("ypad", 0.0) and set (value: float) = given.Set("ypad", value)
    member _.outlinecolor with get (): string = given.Get("outlinecolor", "") and set (value: string) = given.Set("outlinecolor", value)
    member _.outlinewidth with get (): float = given.Get("outlinewidth", 0.0) and set (value: float) = given.Set("outlinewidth", value)
    member _.bordercolor with get (): string = given.Get("bordercolor", "") and set (value: string) = given.Set("bordercolor", value)
    member _.borderwidth with get (): float = given.Get("borderwidth", 0.0) and set (value: float) = given.Set("borderwidth", value)
    member _.bgcolor with get (): string = given.Get("bgcolor", "") and set (value: string) = given.Set("bgcolor", value)
    member _.tickmode with get (): obj = given.Get "tickmode" and set (value: obj) = given.Set("tickmode", value)
    member _.nticks with get (): int = given.Get("nticks", 0) and set (value: int) = given.Set("nticks", value)
    member _.dtick with get (): obj = given.Get "dtick" and set (value: obj) = given.Set("dtick", value)
    member _.tickvals with get (): obj = given.Get "tickvals" and set (value: obj) = given.Set("tickvals", value)
    member _.ticktext with get (): obj = given.Get "ticktext" and set (value: obj) = given.Set("ticktext", value)
    member _.ticks with get (): obj = given.Get "ticks" and set (value: obj) = given.Set("ticks", value)
    member _.ticklen with get (): float = given.Get("ticklen", 0.0) and set (value: float) = given.Set("ticklen", value)
    member _.tickwidth with get (): float = given.Get("tickwidth", 0.0) and set (value: float) = given.Set("tickwidth", value)
    member _.tickcolor with get (): string = given.Get("tickcolor", "") and set (value: string) = given.Set("tickcolor", value)
    member _.showticklabels with get (): bool = given.Get("showticklabels", false) and set (value: bool) = given.Set("showticklabels", value)
    member _.tickfont with get (): Font = given.Get "tickfont" and set (value: Font) = given.Set("tickfont", value)
    member _.tickangle with get (): float = given.Get("tickangle", 0.0) and set (value: float) = given.Set("tickangle", value)
    member _.tickformat with get (): string = given.Get("tickformat", "") and set (value: string) = given.Set("tickformat", value)
    member _.tickprefix with get (): string = given.Get("tickprefix", "") and set (value: string) = given.Set("tickprefix", value)
    member _.ticksuffix with get (): string = given.Get("ticksuffix", "") and set (value: string) = given.Set("ticksuffix", value)
    member _.title with get (): string = given.Get("title", "") and set (value: string) = given.Set("title", value)
    member _.titlefont with get (): Font = given.Get "titlefont" and set (value: Font) = given.Set("titlefont", value)
    member _.titleside with get (): obj = given.Get "titleside" and set (value: obj) = given.Set("titleside", value)

/// The dots of a scatter trace, the bars of a bar trace.
type Marker() =
    let given = Properties()
    member internal _.Given = given
    member _.symbol with get (): obj = given.Get "symbol" and set (value: obj) = given.Set("symbol", value)
    member _.opacity with get (): obj = given.Get "opacity" and set (value: obj) = given.Set("opacity", value)
    member _.size with get (): obj = given.Get "size" and set (value: obj) = given.Set("size", value)
    member _.color with get (): obj = given.Get "color" and set (value: obj) = given.Set("color", value)
    member _.sizeref with get (): float = given.Get("sizeref", 0.0) and set (value: float) = given.Set("sizeref", value)
    member _.sizemin with get (): float = given.Get("sizemin", 0.0) and set (value: float) = given.Set("sizemin", value)
    member _.sizemode with get (): obj = given.Get "sizemode" and set (value: obj) = given.Set("sizemode", value)
    member _.colorscale with get (): obj = given.Get "colorscale" and set (value: obj) = given.Set("colorscale", value)
    member _.cauto with get (): bool = given.Get("cauto", false) and set (value: bool) = given.Set("cauto", value)
    member _.cmax with get (): float = given.Get("cmax", 0.0) and set (value: float) = given.Set("cmax", value)
    member _.cmin with get (): float = given.Get("cmin", 0.0) and set (value: float) = given.Set("cmin", value)
    member _.autocolorscale with get (): bool = given.Get("autocolorscale", false) and set (value: bool) = given.Set("autocolorscale", value)
    member _.reversescale with get (): bool = given.Get("reversescale", false) and set (value: bool) = given.Set("reversescale", value)
    member _.showscale with get (): bool = given.Get("showscale", false) and set (value: bool) = given.Set("showscale", value)
    member _.line with get (): Line = given.Get "line" and set (value: Line) = given.Set("line", value)
    member _.colorbar with get (): Colorbar = given.Get "colorbar" and set (value: Colorbar) = given.Set("colorbar", value)

/// Horizontal error bars.
type Error_x() =
    let given = Properties()
    member internal _.Given = given
    member _.visible with get (): bool = given.Get("visible", false) and set (value: bool) = given.Set("visible", value)
    member _.``type`` with get (): obj = given.Get "type" and set (value: obj) = given.Set("type", value)
    member _.symmetric with get (): bool = given.Get("symmetric", false) and set (value: bool) = given.Set("symmetric", value)
    member _.array with get (): obj = given.Get "array" and set (value: obj) = given.Set("array", value)
    member _.arrayminus with get (): obj = given.Get "arrayminus" and set (value: obj) = given.Set("arrayminus", value)
    member _.value with get (): float = given.Get("value", 0.0) and set (value: float) = given.Set("value", value)
    member _.valueminus with get (): float = given.Get("valueminus", 0.0) and set (value: float) = given.Set("valueminus", value)
    member _.copy_ystyle with get (): bool = given.Get("copy_ystyle", false) and set (value: bool) = given.Set("copy_ystyle", value)
    member _.color with get (): string = given.Get("color", "") and set (value: string) = given.Set("color", value)
    member _.thickness with get (): float = given.Get("thickness", 0.0) and set (value: float) = given.Set("thickness", value)
    member _.width with get (): float = given.Get("width", 0.0) and set (value: float) = given.Set("width", value)

/// Vertical error bars.
type Error_y() =
    let given = Properties()
    member internal _.Given = given
    member _.visible with get (): bool = given.Get("visible", false) and set (value: bool) = given.Set("visible", value)
    member _.``type`` with get (): obj = given.Get "type" and set (value: obj) = given.Set("type", value)
    member _.symmetric with get (): bool = given.Get("symmetric", false) and set (value: bool) = given.Set("symmetric", value)
    member _.array with get (): obj = given.Get "array" and set (value: obj) = given.Set("array", value)
    member _.arrayminus with get (): obj = given.Get "arrayminus" and set (value: obj) = given.Set("arrayminus", value)
    member _.value with get (): float = given.Get("value", 0.0) and set (value: float) = given.Set("value", value)
    member _.valueminus with get (): float = given.Get("valueminus", 0.0) and set (value: float) = given.Set("valueminus", value)
    member _.copy_ystyle with get (): bool = given.Get("copy_ystyle", false) and set (value: bool) = given.Set("copy_ystyle", value)
    member _.color with get (): string = given.Get("color", "") and set (value: string) = given.Set("color", value)
    member _.thickness with get (): float = given.Get("thickness", 0.0) and set (value: float) = given.Set("thickness", value)
    member _.width with get (): float = given.Get("width", 0.0) and set (value: float) = given.Set("width", value)

/// The bins of a histogram along x.
type Xbins() =
    let given = Properties()
    member internal _.Given = given
    member _.start with get (): float = given.Get("start", 0.0) and set (value: float) = given.Set("start", value)
    member _.``end`` with get (): float = given.Get("end", 0.0) and set (value: float) = given.Set("end", value)
    member _.size with get (): obj = given.Get "size" and set (value: obj) = given.Set("size", value)

/// The bins of a histogram along y.
type Ybins() =
    let given = Properties()
    member internal _.Given = given
    member _.start with get (): float = given.Get("start", 0.0) and set (value: float) = given.Set("start", value)
    member _.``end`` with get (): float = given.Get("end", 0.0) and set (value: float) = given.Set("end", value)
    member _.size with get (): obj = given.Get "size" and set (value: obj) = given.Set("size", value)
