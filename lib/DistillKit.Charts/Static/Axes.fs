namespace DistillKit.Charts.Static

open System
open System.Text.Json
open DistillKit.Charts
open DistillKit.Charts.Static.ChartJson

type internal Frame =
    { Width: float
      Height: float
      Left: float
      Top: float
      Right: float
      Bottom: float }

    static member Of(width: int, height: int, layout: JsonElement) =
        let margin = part "margin" layout
        let width, height = number "width" (float width) layout, number "height" (float height) layout
        { Width = width
          Height = height
          Left = number "l" 80.0 margin
          Top = number "t" 100.0 margin
          Right = width - number "r" 80.0 margin
          Bottom = height - number "b" 80.0 margin }

    /// The pixel of a share of the width of the plot, from the left.
    member this.X(share: float) = this.Left + share * (this.Right - this.Left)

    /// The pixel of a share of the height of the plot, from the bottom.
    member this.Y(share: float) = this.Bottom - share * (this.Bottom - this.Top)

type internal Axis =
    { /// "x", "y2", ...
      Name: string
      Node: JsonElement
      IsLogarithmic: bool
      Categories: string[]
      /// The values at both ends; their logarithms to base 10 on a logarithmic axis.
      Low: float
      High: float
      Start: float
      End: float
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

module internal Axes =

    /// The coordinates of a series along a letter: given, or counted.
    let values (letter: string) (trace: JsonElement) =
        match field letter trace, kind trace with
        | Some given, _ -> items given
        | None, other ->
            let along = if other = "heatmap" then "z" elif letter = "x" then "y" else "x"
            let rows = list along trace
            let count = if other = "heatmap" && letter = "x" then (items rows[0]).Length else rows.Length
            [| for place in 0 .. count - 1 -> JsonSerializer.SerializeToElement place |]

    /// How far an error bar goes up and down from a point.
    let errors (index: int) (error: JsonElement) =
        let up = at index tryNumber "array" 0.0 error
        up, at index tryNumber "arrayminus" up error

    let private categories (letter: string) (node: JsonElement) (traces: JsonElement[]) =
        let all = traces |> Array.collect (values letter)
        let isWord (value: JsonElement) =
            value.ValueKind = JsonValueKind.String
            && not (fst (Double.TryParse(value.GetString(), Globalization.CultureInfo.InvariantCulture)))
        if text "type" "" node = "category" || Array.exists isWord all then all |> Array.choose tryText |> Array.distinct else [||]

    /// The ends of an axis that names none: those of the data, with some room.
    let private bounds (letter: string) (isLogarithmic: bool) (value: JsonElement -> float) (node: JsonElement) (traces: JsonElement[]) =
        let fromZero = text "rangemode" "" node = "tozero"
        let extent (trace: JsonElement) =
            let error, kind = part ("error_" + letter) trace, kind trace
            let isLength = kind = "bar" && (text "orientation" "v" trace = "h") = (letter = "x")
            [ for index, point in Seq.indexed (values letter trace |> Array.map value) do
                  let up, down = errors index error
                  point + up
                  point - down
                  if kind = "heatmap" || kind = "bar" && not isLength then
                      point - 0.5
                      point + 0.5
              if isLength || fromZero then 0.0 ]
        let scale number = if isLogarithmic then Math.Log10 number else number
        let inside = traces |> Seq.collect extent |> Seq.map scale |> Seq.filter Double.IsFinite |> Seq.toList
        let low, high = if inside.IsEmpty then 0.0, 1.0 else List.min inside, List.max inside
        let isEdge = traces |> Array.exists (fun trace -> kind trace <> "scatter")
        let slack = if high = low then Math.Max(0.5, 0.1 * abs low) elif isEdge then 0.0 else 0.06 * (high - low)
        (if isEdge && low = 0.0 || fromZero && low >= 0.0 then low else low - slack),
        (if isEdge && high > 0.0 then high + 0.06 * (high - low) else high + slack)

    let private ticks (axis: Axis) =
        let room = abs (axis.End - axis.Start) / (if axis.IsHorizontal then 60.0 else 42.0)
        let count = match int (number "nticks" 0.0 axis.Node) with 0 -> Math.Clamp(int room, 2, 12) | given -> given
        match list "tickvals" axis.Node, axis.Categories with
        | [||], [||] ->
            let round = if axis.IsLogarithmic then Ticks.logarithmic else Ticks.linear
            round (min axis.Low axis.High) (max axis.Low axis.High) count
        | [||], categories -> [ for place, name in Seq.indexed categories -> float place, name ]
        | given, _ ->
            let texts = list "ticktext" axis.Node
            [ for index, value in Seq.indexed given ->
                  axis.Value value, texts |> Array.tryItem index |> Option.defaultValue value |> tryText |> Option.defaultValue "" ]

    let make (frame: Frame) (layout: JsonElement) (traces: JsonElement[]) (name: string) =
        let letter = name.Substring(0, 1)
        let node = part (letter + "axis" + name.Substring 1) layout
        let on = traces |> Array.filter (fun trace -> axisOf letter trace = name)
        let ends name = match list name node |> Array.choose tryNumber with [| low; high |] -> Some(low, high) | _ -> None
        let start, finish = ends "domain" |> Option.defaultValue (0.0, 1.0)
        let place = if letter = "x" then frame.X else frame.Y
        let axis =
            { Name = name; Node = node; IsLogarithmic = (text "type" "" node = "log"); Categories = categories letter node on
              Low = 0.0; High = 1.0; Start = place start; End = place finish; Ticks = [] }
        let low, high = ends "range" |> Option.defaultWith (fun () -> bounds letter axis.IsLogarithmic axis.Value node on)
        let axis = { axis with Low = low; High = high }
        let inside (value, _) =
            let share = (axis.Pixel value - axis.Start) / (axis.End - axis.Start)
            share >= -0.001 && share <= 1.001
        { axis with Ticks = ticks axis |> List.filter inside }
