/// <summary>
/// The one place for colours, letters and lines. A chart has no background of its own, so it stands on the page that shows it, white or
/// dark; what is drawn in one colour has to be seen on both.
/// </summary>
module DistillKit.Charts.Theme

open System

/// Text, axes and frames: 4.06 : 1 of contrast with white, 4.10 : 1 with #1e1e1e, the dark page of common editors; no grey has more than
/// 4.08 with both. Enough for graphics and large letters (3 : 1, WCAG 2.2), not for small ones (4.5 : 1): so letters are large, and a page
/// that knows its own background overrides the colour, as the report does.
[<Literal>]
let Ink = "#7e7e7e"

/// Lines behind the data: faint on purpose, nothing has to be read from them alone.
[<Literal>]
let Grid = "rgba(126,126,126,0.25)"

/// The text of a chart that has a card of its own, white: 15 : 1.
[<Literal>]
let CardInk = "#24292f"

/// The width of every chart in pixels: what a notebook, a code host and a printed page show without making it smaller.
[<Literal>]
let Width = 640

let internal TextSize, internal TitleSize = 14.0, 17.0

[<Literal>]
let internal Family = "system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"

/// Okabe and Ito's colours, which are told apart with every kind of colour vision (jfly.uni-koeln.de/color, 2008), those first that have
/// at least 3 : 1 of contrast with white and with #1e1e1e. Colour never speaks alone: series also differ in symbol, dash or place.
let Colors = [ "#0072B2"; "#D55E00"; "#009E73"; "#CC79A7"; "#E69F00"; "#56B4E9" ]

let internal Symbols = [ "circle"; "square"; "diamond"; "triangle-up"; "cross"; "x" ]

/// The steps from low to high of a grid of numbers: cividis, which looks the same with and without red-green vision (Nuñez et al. 2018,
/// arXiv:1712.01662).
let Scale = [ 0.0, "#00204d"; 0.2, "#31446b"; 0.4, "#666870"; 0.6, "#958f78"; 0.8, "#cbba69"; 1.0, "#ffea46" ]

let private cycle (items: 'T list) index = items[index % items.Length]

/// The colour of a series, by its place among the others.
let color index = cycle Colors index

let internal symbol index = cycle Symbols index

let internal dash index = cycle [ "solid"; "dash"; "dot"; "dashdot"; "longdash"; "longdashdot" ] index

let private channels (color: string) = [ for start in 1..2..5 -> float (Convert.ToInt32(color.Substring(start, 2), 16)) / 255.0 ]

let internal faded (opacity: float) color =
    let channels = String.Join(",", [ for share in channels color -> int (255.0 * share) ])
    FormattableString.Invariant $"rgba({channels},{opacity})"

/// The relative luminance of a colour (WCAG 2.2).
let internal luminance color =
    let linear share = if share <= 0.04045 then share / 12.92 else ((share + 0.055) / 1.055) ** 2.4
    List.map2 (fun weight share -> weight * linear share) [ 0.2126; 0.7152; 0.0722 ] (channels color) |> List.sum

/// The contrast of two colours, from 1 to 21 (WCAG 2.2).
let internal contrast one other =
    let lights = [ luminance one + 0.05; luminance other + 0.05 ]
    List.max lights / List.min lights

/// The colour of the scale at a share from 0 to 1.
let internal ofScale (share: float) =
    let share = Math.Clamp(share, 0.0, 1.0)
    let (low, lowColor), (high, highColor) = Scale |> List.pairwise |> List.find (fun (_, (stop, _)) -> share <= stop)
    let mix one other = (int (Math.Round(255.0 * (one + (other - one) * (share - low) / (high - low))))).ToString "x2"
    "#" + String.Join("", List.map2 mix (channels lowColor) (channels highColor))

/// <summary>Red, green and blue, from 0 to 255, of the scale at a share from 0 to 1.</summary>
let ScaleAt (share: float32) : byte[] = [| for channel in channels (ofScale (float share)) -> byte (Math.Round(255.0 * channel)) |]

/// Black or white, whichever is read better on a colour.
let internal textOn background = if contrast background "#000000" > contrast background "#ffffff" then "#000000" else "#ffffff"
