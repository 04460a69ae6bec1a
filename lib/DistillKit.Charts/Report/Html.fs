/// HTML from parts. Whatever comes from a file goes through `text`.
module internal DistillKit.Charts.Html

open System
open System.Net
open DistillKit.Charts.Static

let text (content: string) = string (WebUtility.HtmlEncode content)

let element (name: string) (content: string) = $"<{name}>{content}</{name}>\n"

let all (parts: string seq) = String.Join("", parts)

let paragraph (content: string) = element "p" (text content)

/// A table whose first columns have words, on the left, and whose other columns have numbers.
let table (words: int) (header: string list) (rows: string list list) =
    let cell tag index content = (if index < words then $"<{tag} class=\"words\">" else $"<{tag}>") + $"{text content}</{tag}>"
    let cells tag row = all (List.mapi (cell tag) row)
    let head, body = element "thead" (element "tr" (cells "th" header)), all [ for row in rows -> element "tr" (cells "td" row) ]
    $"<div class=\"wide\"><table>{head}<tbody>{body}</tbody></table></div>\n"

/// JSON inside a script: no text in it can end the script.
let private json (value: Text.Json.JsonElement) =
    value.GetRawText().Replace("<", "\\u003c").Replace("\u2028", "\\u2028").Replace("\u2029", "\\u2029")

/// A chart: the picture, and the data for plotly.js, which takes the picture's place where it is there.
let chart (id: string) (chart: XPlot.Plotly.PlotlyChart) =
    let data, layout = ChartJson.read chart
    let picture = $"<div class=\"picture\">{DistillKit.Charts.Svg.Render chart}</div>"
    let script = $"<script type=\"application/json\" id=\"{id}-data\">{{\"data\":{json data},\"layout\":{json layout}}}</script>"
    let size = $"data-height=\"{chart.Height}\" style=\"width:{chart.Width}px\""
    $"<figure><div class=\"chart\" id=\"{id}\" {size}>{picture}</div>{script}</figure>\n"
