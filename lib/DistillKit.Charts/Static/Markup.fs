/// Elements of SVG as text.
module internal DistillKit.Charts.Static.Markup

open System
open System.Globalization
open System.Net
open System.Text.RegularExpressions
open DistillKit.Charts

let all (parts: string seq) = String.Join("", parts)

/// A coordinate: a tenth of a pixel is enough, and keeps the same chart the same text on every machine.
let coordinate (value: float) = Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture)

let path (points: seq<float * float>) = String.Join(" ", [ for x, y in points -> $"{coordinate x},{coordinate y}" ])

let escape (text: string) = text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;")

/// The lines of a text in plotly.js's markup: entities, <br>, and styles, which are left out.
let lines (text: string) =
    Regex.Split(text, "<br ?/?>") |> Array.map (fun line -> WebUtility.HtmlDecode(Regex.Replace(line, "</?[a-z]+[^>]*>", "")) |> string)

let flat (text: string) = String.Join(" ", lines text).Replace('\u00a0', ' ')

/// Roughly how wide a text is: the reader's font decides.
let width (text: string) =
    let share (letter: char) =
        if "il.,:;|!'()[]jtfr ".Contains letter then 0.33
        elif "mwMW%@".Contains letter then 0.9
        elif Char.IsUpper letter then 0.68
        else 0.57
    Theme.TextSize * (text |> Seq.sumBy share)

let widest (texts: seq<string>) = texts |> Seq.collect lines |> Seq.map width |> Seq.append [ 0.0 ] |> Seq.max

/// Attributes of a colour. The theme's ink is the colour of the text around the picture, where that is set.
let paint (property: string) (color: string) =
    let rgba = Regex.Match(color, @"^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$")
    if color = Theme.Ink then $" {property}=\"currentColor\""
    elif rgba.Success then
        let group (number: int) = rgba.Groups[number].Value
        $" {property}=\"rgb({group 1},{group 2},{group 3})\" {property}-opacity=\"{group 4}\""
    else $" {property}=\"{escape color}\""

let element (name: string) (attributes: string) (content: string) =
    if content = "" then $"<{name}{attributes}/>\n" else $"<{name}{attributes}>{content}</{name}>\n"

let tooltip (text: string) = if text = "" then "" else $"<title>{escape (flat text)}</title>"

let line (x1: float) (y1: float) (x2: float) (y2: float) (color: string) (thickness: float) (more: string) =
    let points = $" x1=\"{coordinate x1}\" y1=\"{coordinate y1}\" x2=\"{coordinate x2}\" y2=\"{coordinate y2}\""
    let stroke = paint "stroke" color
    element "line" $"{points}{stroke} stroke-width=\"{coordinate thickness}\"{more}" ""

let rectangle (x1: float) (y1: float) (x2: float) (y2: float) (attributes: string) (content: string) =
    let corner = $" x=\"{coordinate (min x1 x2)}\" y=\"{coordinate (min y1 y2)}\""
    element "rect" $"{corner} width=\"{coordinate (abs (x2 - x1))}\" height=\"{coordinate (abs (y2 - y1))}\"{attributes}" content

/// Text of a size, a colour and an angle around a point: `across` is left, center or right, and `down` is top, middle or bottom, as
/// plotly.js has it for the side of the text at which the point lies.
let textOf (size: float) (color: string) (angle: float) (x: float, y: float) (across: string) (down: string) (text: string) =
    let lines = lines text
    let anchor = match across with "left" -> "start" | "right" -> "end" | _ -> "middle"
    let step = 1.25 * size
    let above = step * float (lines.Length - 1)
    let first = match down with "top" -> 0.8 * size | "bottom" -> -above - 0.2 * size | _ -> 0.35 * size - above / 2.0
    let span index content = $"<tspan x=\"{coordinate x}\" y=\"{coordinate (y + first + step * float index)}\">{escape content}</tspan>"
    let turn = if angle = 0.0 then "" else $" transform=\"rotate({coordinate angle} {coordinate x} {coordinate y})\""
    let look = $" text-anchor=\"{anchor}\" font-size=\"{coordinate size}\"" + paint "fill" color + turn
    if String.IsNullOrWhiteSpace text then "" else element "text" look (all (Array.mapi span lines))

let caption place across down content = textOf Theme.TextSize Theme.Ink 0.0 place across down content
