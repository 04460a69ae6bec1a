/// Elements of SVG as text.
module internal DistillKit.Charts.Static.Markup

open System
open System.Globalization
open System.Net
open System.Text.RegularExpressions
open DistillKit.Charts

/// A coordinate: a tenth of a pixel is enough, and keeps the same chart the same text on every machine.
let coordinate (value: float) = Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture)

let escape (text: string) = text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;")

/// The lines of a text in plotly.js's markup: entities, <br>, and styles, which are left out.
let lines (text: string) =
    Regex.Split(text, "<br ?/?>") |> Array.map (fun line -> WebUtility.HtmlDecode(Regex.Replace(line, "</?[a-z]+[^>]*>", "")) |> string)

/// Roughly how wide a text is: the reader's font decides.
let width (size: float) (text: string) =
    let share (letter: char) =
        if "il.,:;|!'()[]jtfr ".Contains letter then 0.33
        elif "mwMW%@".Contains letter then 0.9
        elif Char.IsUpper letter then 0.68
        else 0.57
    size * (text |> Seq.sumBy share)

/// Attributes of a colour. The theme's ink is the colour of the text around the picture, where that is set.
let paint (property: string) (color: string) =
    if color = Theme.Ink then $" {property}=\"currentColor\""
    else
        let rgba = Regex.Match(color, @"^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$")
        if rgba.Success then $" {property}=\"rgb({rgba.Groups[1]},{rgba.Groups[2]},{rgba.Groups[3]})\" {property}-opacity=\"{rgba.Groups[4]}\""
        else $" {property}=\"{escape color}\""

let element (name: string) (attributes: string) (content: string) =
    if content = "" then $"<{name}{attributes}/>\n" else $"<{name}{attributes}>{content}</{name}>\n"

/// What a pointer over an element shows.
let tooltip (text: string) =
    let flat = escape (String.Join(" ", lines text))
    if text = "" then "" else $"<title>{flat}</title>"

let line (x1: float) (y1: float) (x2: float) (y2: float) (color: string) (thickness: float) (more: string) =
    let points = $" x1=\"{coordinate x1}\" y1=\"{coordinate y1}\" x2=\"{coordinate x2}\" y2=\"{coordinate y2}\""
    let stroke = paint "stroke" color
    element "line" $"{points}{stroke} stroke-width=\"{coordinate thickness}\"{more}" ""

let rectangle (x1: float) (y1: float) (x2: float) (y2: float) (attributes: string) (content: string) =
    let corner = $" x=\"{coordinate (min x1 x2)}\" y=\"{coordinate (min y1 y2)}\""
    element "rect" $"{corner} width=\"{coordinate (abs (x2 - x1))}\" height=\"{coordinate (abs (y2 - y1))}\"{attributes}" content

/// Text around a point: `across` is left, center or right, and `down` is top, middle or bottom, as plotly.js has it for the side of the text at which the point lies.
let textAt (x: float) (y: float) (text: string) (size: float) (color: string) (across: string) (down: string) (angle: float) =
    let lines = lines text
    let anchor = match across with "left" -> "start" | "right" -> "end" | _ -> "middle"
    let step = 1.25 * size
    let above = step * float (lines.Length - 1)
    let first = match down with "top" -> 0.8 * size | "bottom" -> -above - 0.2 * size | _ -> 0.35 * size - above / 2.0
    let spans = [ for index, content in Seq.indexed lines -> $"<tspan x=\"{coordinate x}\" y=\"{coordinate (y + first + step * float index)}\">{escape content}</tspan>" ]
    let turn = if angle = 0.0 then "" else $" transform=\"rotate({coordinate angle} {coordinate x} {coordinate y})\""
    let fill = paint "fill" color
    if String.IsNullOrWhiteSpace text then "" else element "text" $" text-anchor=\"{anchor}\" font-size=\"{coordinate size}\"{fill}{turn}" (String.Join("", spans))

/// A chart's title, in one line.
let title (layout: Text.Json.JsonElement) = String.Join(" ", lines (ChartJson.text "title" "" layout))
