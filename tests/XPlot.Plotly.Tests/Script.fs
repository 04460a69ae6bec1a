/// What a chart hands to plotly.js.
module XPlot.Plotly.Tests.Script

open System
open System.Text.Json
open System.Text.Json.Nodes
open Xunit
open XPlot.Plotly

let private after (start: string) (script: string) =
    let bytes = Text.Encoding.UTF8.GetBytes(script.Substring(script.IndexOf(start, StringComparison.Ordinal) + start.Length))
    let mutable reader = Utf8JsonReader(ReadOnlySpan bytes)
    use document = JsonDocument.ParseValue(&reader)
    document.RootElement.GetRawText()

let data (chart: PlotlyChart) = after "var data =" (chart.GetInlineJS())

let layout (chart: PlotlyChart) = after "var layout =" (chart.GetInlineJS())

/// A property as text.
let field (name: string) (json: string) =
    use document = JsonDocument.Parse json
    document.RootElement.GetProperty(name).ToString()

/// The same JSON, whatever the order of the properties and the way that numbers are written.
let isJson (expected: string) (actual: string) =
    let equal = JsonNode.DeepEquals(JsonNode.Parse expected, JsonNode.Parse(actual.Replace(".0,", ",").Replace(".0]", "]").Replace(".0}", "}")))
    Assert.True(equal, $"expected {expected}\nbut got  {actual}")
