/// Charts as JSON: what plotly.js reads, and what the package writes with Newtonsoft.Json.
module internal XPlot.Plotly.Json

open System
open System.Collections
open System.IO
open System.Reflection
open System.Text
open System.Text.Json

/// Is a property to be written? Of our classes, those that were set; of classes derived from them, as Newtonsoft.Json has it, those whose
/// method ShouldSerializeNAME does not say no.
let private isGiven (owner: obj) (property: PropertyInfo) =
    let declaring = nonNull property.DeclaringType
    if declaring.Assembly = Assembly.GetExecutingAssembly() then
        let store = declaring.GetProperty("Given", BindingFlags.Instance ||| BindingFlags.NonPublic) |> nonNull
        (store.GetValue owner |> nonNull :?> Properties).Has property.Name
    else
        match owner.GetType().GetMethod("ShouldSerialize" + property.Name, Type.EmptyTypes) with
        | null -> true
        | decide -> decide.Invoke(owner, null) |> nonNull |> unbox<bool>

let private isOurs (value: obj) =
    let rec search (candidate: Type | null) =
        match candidate with
        | null -> false
        | known when known.Assembly = Assembly.GetExecutingAssembly() -> true
        | other -> search other.BaseType
    search (value.GetType())

let rec private write (writer: Utf8JsonWriter) (value: obj | null) =
    match value with
    | null -> writer.WriteNullValue()
    | :? string as text -> writer.WriteStringValue text
    | :? bool as flag -> writer.WriteBooleanValue flag
    | :? float as number when not (Double.IsFinite number) -> writer.WriteStringValue(string number)
    | :? float32 as number when not (Single.IsFinite number) -> writer.WriteStringValue(string number)
    | :? IDictionary as map ->
        writer.WriteStartObject()
        for key in map.Keys do
            writer.WritePropertyName(string key)
            write writer map[key]
        writer.WriteEndObject()
    | :? IEnumerable as items ->
        writer.WriteStartArray()
        for item in items do write writer item
        writer.WriteEndArray()
    | node when isOurs node ->
        writer.WriteStartObject()
        for property in node.GetType().GetProperties(BindingFlags.Instance ||| BindingFlags.Public) do
            if isGiven node property then
                writer.WritePropertyName property.Name
                write writer (property.GetValue node)
        writer.WriteEndObject()
    | other -> JsonSerializer.Serialize(writer, other, other.GetType())

let ofValue (value: obj) =
    use stream = new MemoryStream()
    using (new Utf8JsonWriter(stream)) (fun writer -> write writer value)
    Encoding.UTF8.GetString(stream.ToArray())
