/// HTML from parts, and the page around them: style, policy and scripts. Whatever comes from a file goes through `text`.
module internal DistillKit.Charts.Html

open System.IO
open System.Net
open System.Reflection
open DistillKit.Charts.Static

let text (content: string) = string (WebUtility.HtmlEncode content)

let element (name: string) (content: string) = $"<{name}>{content}</{name}>\n"

let all = Markup.all

let paragraph (content: string) = element "p" (text content)

/// A table whose first columns have words, on the left, and whose other columns have numbers.
let table (words: int) (header: seq<string>) (rows: seq<#seq<string>>) =
    let cell tag index content = (if index < words then $"<{tag} class=\"words\">" else $"<{tag}>") + $"{text content}</{tag}>"
    let cells tag row = all (Seq.mapi (cell tag) row)
    let head, body = element "thead" (element "tr" (cells "th" header)), all [ for row in rows -> element "tr" (cells "td" row) ]
    $"<div class=\"wide\"><table>{head}<tbody>{body}</tbody></table></div>\n"

/// JSON inside a script: no text in it can end the script.
let private json (value: System.Text.Json.JsonElement) =
    value.GetRawText().Replace("<", "\\u003c").Replace("\u2028", "\\u2028").Replace("\u2029", "\\u2029")

/// A chart: the picture, and the data for plotly.js, which takes the picture's place where it is there.
let chart (id: string) (chart: XPlot.Plotly.PlotlyChart) =
    let data, layout = ChartJson.read chart
    let picture = $"<div class=\"picture\">{Svg.Render chart}</div>"
    let script = $"<script type=\"application/json\" id=\"{id}-data\">{{\"data\":{json data},\"layout\":{json layout}}}</script>"
    let size = $"data-height=\"{chart.Height}\" style=\"width:{chart.Width}px\""
    $"<figure><div class=\"chart\" id=\"{id}\" {size}>{picture}</div>{script}</figure>\n"

let private resource (assembly: Assembly) (name: string) =
    use reader = new StreamReader(assembly.GetManifestResourceStream name |> nonNull)
    reader.ReadToEnd()

let private own = Assembly.GetExecutingAssembly()

/// plotly.js, out of the package Plotly.NET: a version before 3, which no longer takes titles as XPlot.Plotly writes them.
let private plotly =
    lazy
        (let folder = string (Path.GetDirectoryName own.Location)
         resource (Assembly.LoadFile(Path.Combine(folder, "plotly", "Plotly.NET.dll"))) "Plotly.NET.plotly-2.28.0.min.js")

/// Nothing may be loaded: a browser that honours this cannot leave the page even by mistake.
let private policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"

/// The whole page. The script puts the interactive chart in the picture's place; where that fails the picture stays.
/// `head` stands in the page's head, behind what all pages have there.
let page (title: string) (head: string) (body: string) =
    // No part of a script may look like its end.
    let style, start, safe = resource own "report.css", resource own "report.js", plotly.Value.Replace("</script", "<\\/script")
    all
        [ "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          $"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          $"<link rel=\"icon\" href=\"data:,\">\n<title>{text title}</title>\n{head}<style>\n{style}</style>\n</head>\n"
          $"<body>\n{body}<script>{safe}</script>\n<script>\n{start}</script>\n</body>\n</html>\n" ]
