/// A chart as the JSON that plotly.js is given: the one description that the browser and the static form share.
module internal DistillKit.Charts.Static.ChartJson

open System.Reflection
open System.Text.Json
open Newtonsoft.Json
open XPlot.Plotly

/// What a chart is made of. XPlot.Plotly shows it nowhere, and a chart that a reader has made has no other owner.
let private kept (name: string) (chart: PlotlyChart) =
    (typeof<PlotlyChart>.GetField(name, BindingFlags.Instance ||| BindingFlags.NonPublic) |> nonNull).GetValue chart

let private json (value: obj) =
    use document = JsonDocument.Parse(JsonConvert.SerializeObject value)
    document.RootElement.Clone()

let read (chart: PlotlyChart) =
    let traces = kept "traces" chart |> unbox<seq<Trace>> |> Seq.toArray
    match unbox<seq<string> option> (kept "labels" chart) with
    | Some labels -> Seq.iter2 (fun (trace: Trace) label -> trace.name <- label) traces labels
    | None -> ()
    let layout = unbox<Layout.Layout option> (kept "layout" chart) |> Option.defaultWith Layout.Layout
    json traces, json layout

let field (name: string) (node: JsonElement) =
    if node.ValueKind <> JsonValueKind.Object then None
    else
        match node.TryGetProperty name with
        | true, value when value.ValueKind <> JsonValueKind.Null -> Some value
        | _ -> None

/// A part of an object; an empty one where there is none.
let part (name: string) (node: JsonElement) = field name node |> Option.defaultValue (JsonElement())

let items (node: JsonElement) = if node.ValueKind = JsonValueKind.Array then Seq.toArray (node.EnumerateArray()) else [||]

let tryNumber (node: JsonElement) = if node.ValueKind = JsonValueKind.Number then Some(node.GetDouble()) else None

let tryText (node: JsonElement) =
    match node.ValueKind with
    | JsonValueKind.String -> Some(string (node.GetString()))
    | JsonValueKind.Number -> Some(node.GetRawText())
    | _ -> None

let number name fallback node = field name node |> Option.bind tryNumber |> Option.defaultValue fallback

let text name fallback node = field name node |> Option.bind tryText |> Option.defaultValue fallback

let flag name fallback node = match field name node with Some value -> value.ValueKind = JsonValueKind.True | None -> fallback

let list name node = field name node |> Option.map items |> Option.defaultValue [||]

let numbers name node = list name node |> Array.map (tryNumber >> Option.defaultValue nan)

/// The value of a property for one point: plotly.js takes one for all of them, or a list.
let at (index: int) (choose: JsonElement -> 'T option) name (fallback: 'T) node =
    match field name node with
    | Some value when value.ValueKind = JsonValueKind.Array -> items value |> Array.tryItem index |> Option.bind choose
    | value -> Option.bind choose value
    |> Option.defaultValue fallback

let kind (trace: JsonElement) = text "type" "scatter" trace

/// The title, and how far below the upper end of the picture it begins; in the middle of the margin where nothing is said.
let title (layout: JsonElement) =
    match field "title" layout with
    | Some node when node.ValueKind = JsonValueKind.Object -> text "text" "" node, Some(number "t" 0.0 (part "pad" node))
    | _ -> text "title" "" layout, None

/// The name of the axis that a series lies on, along a letter.
let axisOf (letter: string) (trace: JsonElement) = text (letter + "axis") letter trace
