/// The symbols of plotly.js that the theme uses, and a few more.
module internal DistillKit.Charts.Static.Symbols

open System
open DistillKit.Charts.Static.Markup

let private polygon (x: float) (y: float) (attributes: string) (corners: (float * float) list) content =
    let points = String.Join(" ", [ for right, down in corners -> $"{coordinate (x + right)},{coordinate (y + down)}" ])
    element "polygon" $" points=\"{points}\"{attributes}" content

/// A symbol of a diameter around a point; `attributes` has its colours.
let draw (name: string) (x: float) (y: float) (size: float) (attributes: string) (content: string) =
    let half = size / 2.0
    let cross = [ -0.38, -1.0; 0.38, -1.0; 0.38, -0.38; 1.0, -0.38; 1.0, 0.38; 0.38, 0.38; 0.38, 1.0; -0.38, 1.0; -0.38, 0.38; -1.0, 0.38; -1.0, -0.38; -0.38, -0.38 ]
    let scaled factor corners = [ for right, down in corners -> half * factor * right, half * factor * down ]
    match name.Replace("-open", "") with
    | "square" -> polygon x y attributes (scaled 1.0 [ -1.0, -1.0; 1.0, -1.0; 1.0, 1.0; -1.0, 1.0 ]) content
    | "diamond" -> polygon x y attributes (scaled 1.3 [ 0.0, -1.0; 1.0, 0.0; 0.0, 1.0; -1.0, 0.0 ]) content
    | "triangle-up" -> polygon x y attributes (scaled 1.15 [ 0.0, -1.0; 1.0, 0.75; -1.0, 0.75 ]) content
    | "triangle-down" -> polygon x y attributes (scaled 1.15 [ 0.0, 1.0; 1.0, -0.75; -1.0, -0.75 ]) content
    | "cross" -> polygon x y attributes (scaled 1.1 cross) content
    | "x" -> polygon x y attributes (scaled 1.1 [ for right, down in cross -> (right - down) * 0.707, (right + down) * 0.707 ]) content
    | _ -> element "circle" $" cx=\"{coordinate x}\" cy=\"{coordinate y}\" r=\"{coordinate half}\"{attributes}" content

/// The stroke-dasharray of a dash of plotly.js.
let dash (name: string) =
    let pattern = match name with "dash" -> "9 6" | "dot" -> "2 3" | "dashdot" -> "9 5 2 5" | "longdash" -> "15 7" | "longdashdot" -> "15 6 2 6" | _ -> ""
    if pattern = "" then "" else $" stroke-dasharray=\"{pattern}\""
