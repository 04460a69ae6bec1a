/// <summary>A measure over two settings, for instance temperature and alpha.</summary>
module DistillKit.Charts.GridMap

open System
open System.Collections.Generic
open DistillKit
open XPlot.Plotly

/// <summary>Draws a grid of numbers as colours, with the numbers in it and the largest one framed.</summary>
/// <param name="values">A row for each of <paramref name="ys"/>, with a number for each of <paramref name="xs"/>; NaN for none.</param>
let Of
    (title: string, xTitle: string, xs: IReadOnlyList<float>, yTitle: string, ys: IReadOnlyList<float>, valueTitle: string,
     values: IReadOnlyList<IReadOnlyList<float>>)
    : PlotlyChart =
    if values.Count <> ys.Count || values |> Seq.exists (fun row -> row.Count <> xs.Count) then
        invalidArg (nameof values) $"A grid of {xs.Count} columns and {ys.Count} rows needs as many numbers."
    let cells =
        [ for row, line in Seq.indexed values do
              for column, value in Seq.indexed line do
                  if Double.IsFinite value then row, column, value ]
    if cells.IsEmpty then raise (UserException $"There are no numbers to draw for '{title}'.")
    let value (_, _, it) = it
    let low, high = value (List.minBy value cells), value (List.maxBy value cells)
    let bestRow, bestColumn, _ = List.maxBy value cells
    let share it = if high > low then (it - low) / (high - low) else 0.5
    let below, above = if high > low then low, high else low - 1.0, low + 1.0
    let digits = if high - low < 0.5 then 2 else 1
    let shown it = if Double.IsFinite it then Nullable it else Nullable()
    let z = [| for row in values -> [| for it in row -> shown it |] |]
    let texts = [ for row, column, it in cells -> row, column, Some(share it), Figure.number it digits ]
    let _, traces = Figure.heatmap z below above valueTitle texts
    let names (settings: seq<float>) = [| for setting in settings -> FormattableString.Invariant $"{setting}" |]
    let layout = Figure.layout title (50.0 + Figure.widthOf (names ys)) []
    let x, y = Figure.xAxis xTitle, Figure.yAxis yTitle
    x.tickvals <- Figure.places xs.Count
    x.ticktext <- names xs
    x.range <- [| -0.5; float xs.Count - 0.5 |]
    x.showgrid <- false
    y.tickvals <- Figure.places ys.Count
    y.ticktext <- names ys
    y.range <- [| -0.5; float ys.Count - 0.5 |]
    y.showgrid <- false
    layout.SetAxes(0, x, y)
    layout.margin.r <- 110.0
    layout.shapes <-
        [ Shape(
              ``type`` = "rect", xref = "x", yref = "y", x0 = float bestColumn - 0.46, x1 = float bestColumn + 0.46,
              y0 = float bestRow - 0.46, y1 = float bestRow + 0.46, line = Line(color = Theme.color 1, width = 4.0)) ]
    Figure.chart (210 + 60 * ys.Count) layout traces
