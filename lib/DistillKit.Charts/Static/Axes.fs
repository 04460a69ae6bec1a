namespace DistillKit.Charts.Static

open System
open System.Text.Json
open DistillKit.Charts
open DistillKit.Charts.Static.ChartJson

/// Where the panels lie in the picture, in pixels.
type internal Frame =
    { Width: float; Height: float; Left: float; Top: float; Right: float; Bottom: float }

    static member Of(width: int, height: int, layout: JsonElement) =
        let margin = part "margin" layout
        let width, height = number "width" (float width) layout, number "height" (float height) layout
        { Width = width; Height = height; Left = number "l" 80.0 margin; Top = number "t" 100.0 margin; Right = width - number "r" 80.0 margin; Bottom = height - number "b" 80.0 margin }

    /// The pixel of a share of the width of the plot, from the left.
    member this.X(share: float) = this.Left + share * (this.Right - this.Left)

    /// The pixel of a share of the height of the plot, from the bottom.
    member this.Y(share: float) = this.Bottom - share * (this.Bottom - this.Top)

/// An axis: from values to pixels.
type internal Axis =
    { /// "x", "y2", ...
      Name: string
      Node: JsonElement
      IsLogarithmic: bool
      Categories: string[]
      /// The values at both ends; their logarithms to base 10 on a logarithmic axis.
      Low: float
      High: float
      /// The pixels at both ends.
      Start: float
      End: float
      /// Values and their texts.
      Ticks: (float * string) list }

    member this.IsHorizontal = this.Name[0] = 'x'

    /// The number of a value of the data: itself, or the place of its category; NaN for none.
    member this.Value(value: JsonElement) =
        match tryNumber value, tryText value with
        | Some number, _ when this.Categories.Length = 0 -> number
        | _, Some text -> (match Array.IndexOf(this.Categories, text) with -1 -> nan | place -> float place)
        | _ -> nan

    member this.Pixel(value: float) =
        let value = if this.IsLogarithmic then Math.Log10 value else value
        this.Start + (value - this.Low) / (this.High - this.Low) * (this.End - this.Start)

/// How axes come from a chart's JSON.
module internal Axes =

    let private isOn (name: string) (trace: JsonElement) = text (name.Substring(0, 1) + "axis") (name.Substring(0, 1)) trace = name

    /// The names of the axes that have data, by letter.
    let names (letter: string) (traces: JsonElement[]) = traces |> Array.map (text (letter + "axis") letter) |> Array.distinct

    /// The coordinates of a series along a letter: given, or counted.
    let values (letter: string) (trace: JsonElement) =
        match field letter trace with
        | Some given -> items given
        | None ->
            let other = if letter = "x" then "y" else "x"
            let count =
                match text "type" "scatter" trace, letter with
                | "heatmap", "x" -> list "z" trace |> Array.tryHead |> Option.map (items >> Array.length) |> Option.defaultValue 0
                | "heatmap", _ -> (list "z" trace).Length
                | _ -> (list other trace).Length
            use document = JsonDocument.Parse("[" + String.Join(",", Seq.init count string) + "]")
            items (document.RootElement.Clone())

    let private categories (letter: string) (node: JsonElement) (traces: JsonElement[]) =
        let all = traces |> Array.collect (values letter)
        let isText (value: JsonElement) = value.ValueKind = JsonValueKind.String && not (fst (Double.TryParse(value.GetString(), Globalization.CultureInfo.InvariantCulture)))
        if text "type" "" node = "category" || Array.exists isText all then all |> Array.choose tryText |> Array.distinct else [||]

    let private bounds (letter: string) (isLogarithmic: bool) (value: JsonElement -> float) (node: JsonElement) (traces: JsonElement[]) =
        let scale number = if isLogarithmic then Math.Log10 number else number
        let extent (trace: JsonElement) =
            let points = values letter trace |> Array.map value
            let error = part ("error_" + letter) trace
            let kind = text "type" "scatter" trace
            let isBar = kind = "bar"
            let isLength = isBar && (text "orientation" "v" trace = "h") = (letter = "x")
            [ for index, point in Seq.indexed points do
                  point
                  let up = at index tryNumber "array" 0.0 error
                  point + up
                  point - (if flag "symmetric" true error then up else at index tryNumber "arrayminus" 0.0 error)
                  if (isBar && not isLength) || kind = "heatmap" then
                      point - 0.5
                      point + 0.5
              if isLength || text "rangemode" "" node = "tozero" then 0.0 ]
        let inside = traces |> Array.toList |> List.collect extent |> List.map scale |> List.filter Double.IsFinite
        let low, high = if inside.IsEmpty then 0.0, 1.0 else List.min inside, List.max inside
        let isEdge = traces |> Array.exists (fun trace -> text "type" "scatter" trace <> "scatter")
        let slack = if high = low then Math.Max(0.5, 0.1 * abs low) elif isEdge then 0.0 else 0.06 * (high - low)
        let low = if isEdge && low = 0.0 || text "rangemode" "" node = "tozero" && low >= 0.0 then low else low - slack
        let high = if isEdge && high > 0.0 then high + 0.06 * (high - low) else high + slack
        if text "autorange" "" node = "reversed" then high, low else low, high

    let private ticks (axis: Axis) =
        let room = abs (axis.End - axis.Start)
        let count = match int (number "nticks" 0.0 axis.Node) with 0 -> Math.Clamp(int (room / (if axis.IsHorizontal then 60.0 else 42.0)), 2, 12) | given -> given
        match list "tickvals" axis.Node, axis.Categories with
        | [||], [||] ->
            let low, high = min axis.Low axis.High, max axis.Low axis.High
            let suffix = text "ticksuffix" "" axis.Node
            (if axis.IsLogarithmic then Ticks.logarithmic low high count else Ticks.linear low high count) |> List.map (fun (value, text) -> value, text + suffix)
        | [||], categories -> [ for place, name in Seq.indexed categories -> float place, name ]
        | given, _ ->
            let texts = list "ticktext" axis.Node
            [ for index, value in Seq.indexed given -> axis.Value value, (if index < texts.Length then texts[index] else value) |> tryText |> Option.defaultValue "" ]

    /// The axis of a name.
    let make (frame: Frame) (layout: JsonElement) (traces: JsonElement[]) (name: string) =
        let letter = name.Substring(0, 1)
        let node = part (letter + "axis" + name.Substring 1) layout
        let on = traces |> Array.filter (isOn name)
        let domain = match numbers "domain" node with [| low; high |] -> low, high | _ -> 0.0, 1.0
        let place = if letter = "x" then frame.X else frame.Y
        let axis =
            { Name = name; Node = node; IsLogarithmic = (text "type" "" node = "log"); Categories = categories letter node on
              Low = 0.0; High = 1.0; Start = place (fst domain); End = place (snd domain); Ticks = [] }
        let low, high = match numbers "range" node with [| low; high |] -> low, high | _ -> bounds letter axis.IsLogarithmic axis.Value node on
        let axis = { axis with Low = low; High = high }
        let inside (value, _) = let share = (axis.Pixel value - axis.Start) / (axis.End - axis.Start) in share >= -0.001 && share <= 1.001
        { axis with Ticks = ticks axis |> List.filter inside }
