/// Round numbers for axes.
module internal DistillKit.Charts.Ticks

open System
open System.Globalization

/// A number on an axis, with the digits that its distance to the next one needs, and k for thousands as plotly.js has it.
let private format (step: float) (value: float) =
    let size = Math.Abs value
    let factor, unit = if size >= 1e9 then 1e9, "B" elif size >= 1e6 then 1e6, "M" elif size >= 1e4 then 1e3, "k" else 1.0, ""
    let digits = Math.Clamp(-int (Math.Floor(Math.Log10(step / factor) + 1e-9)), 0, 10)
    let text = (value / factor).ToString("F" + string digits, CultureInfo.InvariantCulture)
    if text.TrimStart('-').Trim('0', '.') = "" then "0" + unit
    elif unit <> "" && text.Contains '.' then text.TrimEnd('0').TrimEnd('.') + unit
    else text + unit

/// Steps of 1, 2 or 5 times a power of ten.
let linear (low: float) (high: float) (count: int) =
    let rough = (high - low) / float count
    let power = Math.Pow(10.0, Math.Floor(Math.Log10 rough))
    let step = power * ([ 1.0; 2.0; 5.0; 10.0 ] |> List.find (fun factor -> factor * power >= rough * 0.9999))
    [ for place in Math.Ceiling(low / step - 1e-9) .. Math.Floor(high / step + 1e-9) -> place * step, format step (place * step) ]

/// Powers of ten, with multiples of them where there is room. Bounds are powers of ten, results are not.
let logarithmic (low: float) (high: float) (count: int) =
    let within factors =
        [ for power in Math.Floor low .. Math.Ceiling high do
              for factor in factors do
                  let value = factor * Math.Pow(10.0, power)
                  let place = Math.Log10 value
                  if place >= low - 1e-9 && place <= high + 1e-9 then value, format (Math.Pow(10.0, Math.Floor(place + 1e-9))) value ]
    let candidates = List.map within [ [ 1.0 .. 9.0 ]; [ 1.0; 2.0; 5.0 ]; [ 1.0; 3.0 ]; [ 1.0 ] ]
    match candidates |> List.tryFind (fun ticks -> ticks.Length <= count) with
    | Some ticks when ticks.Length >= 2 -> ticks
    | _ ->
        let powers = within [ 1.0 ]
        let every = Math.Max(1, (powers.Length + count - 1) / count)
        [ for index, tick in List.indexed powers do if index % every = 0 then tick ]
