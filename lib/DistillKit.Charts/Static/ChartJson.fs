/// A chart as the JSON that plotly.js is given: the one description that the browser and the static form share.
module internal DistillKit.Charts.Static.ChartJson

open System.Text
open System.Text.Json
open XPlot.Plotly

/// The JSON value that follows a text in the chart's script.
let private valueAfter (start: string) (script: string) =
    let bytes = Encoding.UTF8.GetBytes(script.Substring(script.IndexOf(start, System.StringComparison.Ordinal) + start.Length))
    let mutable reader = Utf8JsonReader(System.ReadOnlySpan bytes)
    use document = JsonDocument.ParseValue(&reader)
    document.RootElement.Clone()

/// The series and the layout.
let read (chart: PlotlyChart) =
    let script = chart.GetInlineJS()
    valueAfter "var data =" script, valueAfter "var layout =" script

let field (name: string) (node: JsonElement) =
    if node.ValueKind <> JsonValueKind.Object then None
    else
        match node.TryGetProperty name with
        | true, value when value.ValueKind <> JsonValueKind.Null -> Some value
        | _ -> None

/// A part of an object; an empty one where there is none.
let part (name: string) (node: JsonElement) = field name node |> Option.defaultValue (JsonElement())

let items (node: JsonElement) = if node.ValueKind = JsonValueKind.Array then [| for item in node.EnumerateArray() -> item |] else [||]

let tryNumber (node: JsonElement) = if node.ValueKind = JsonValueKind.Number then Some(node.GetDouble()) else None

let tryText (node: JsonElement) =
    match node.ValueKind with
    | JsonValueKind.String -> Some(string (node.GetString()))
    | JsonValueKind.Number -> Some(node.GetRawText())
    | _ -> None

let number name fallback node = field name node |> Option.bind tryNumber |> Option.defaultValue fallback

let text name fallback node = field name node |> Option.bind tryText |> Option.defaultValue fallback

let flag name fallback node =
    match field name node with
    | Some value when value.ValueKind = JsonValueKind.True -> true
    | Some value when value.ValueKind = JsonValueKind.False -> false
    | _ -> fallback

let list name node = field name node |> Option.map items |> Option.defaultValue [||]

let numbers name node = list name node |> Array.map (tryNumber >> Option.defaultValue nan)

/// The value of a property for one point: plotly.js takes one for all of them, or a list.
let at (index: int) (choose: JsonElement -> 'T option) name (fallback: 'T) node =
    match field name node with
    | Some value when value.ValueKind = JsonValueKind.Array -> (if index < value.GetArrayLength() then choose value[index] else None) |> Option.defaultValue fallback
    | Some value -> choose value |> Option.defaultValue fallback
    | None -> fallback
