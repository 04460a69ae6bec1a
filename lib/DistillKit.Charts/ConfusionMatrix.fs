/// <summary>Which classes a network takes for which.</summary>
module DistillKit.Charts.ConfusionMatrix

open System
open System.Linq
open DistillKit.Metrics
open XPlot.Plotly

/// <summary>
/// Draws the share of each class's images by prediction, in percent: rows are labels, columns predictions. Right answers are the
/// numbers on the diagonal; colour is kept for the mistakes, which it would not show beside them.
/// </summary>
let Of (title: string, report: ClassificationReport) : PlotlyChart =
    let names = [| for result in report.Classes -> result.Name |]
    let size = names.Length
    let share row column = 100.0 * float report.Confusion[row].[column] / float (Math.Max(1, report.Confusion[row].Sum()))
    let grid make = [| for row in 0 .. size - 1 -> [| for column in 0 .. size - 1 -> make row column |] |]
    let cells = [ for row in 0 .. size - 1 do for column in 0 .. size - 1 do row, column, share row column ]
    let worst = Math.Max(1.0, Seq.max [ for row, column, share in cells do if row <> column then share ])
    let texts =
        [ for row, column, share in cells do
              let place = if row = column then None else Some(share / worst)
              if share >= 0.5 then row, column, place, Figure.number share 0 ]
    let shown = grid (fun row column -> if row = column then Nullable() else Nullable(Math.Round(share row column, 3)))
    let map, traces = Figure.heatmap shown 0.0 worst "mistakes, % of the row" texts
    map.text <- grid (fun row column ->
        Figure.plain $"{report.Confusion[row].[column]} of the {names[row]} images are taken for {names[column]}")
    map.hoverinfo <- "text"
    let layout, x, y = Figure.named title names [] "prediction (columns) for each label (rows)"
    x.tickvals <- Figure.places size
    x.ticktext <- names |> Array.map Figure.plain
    x.tickangle <- -45.0
    x.range <- [| -0.5; float size - 0.5 |]
    x.showgrid <- false
    y.showgrid <- false
    layout.margin.b <- 50.0 + 0.75 * Figure.widthOf names
    layout.margin.r <- 100.0
    Figure.chart 640 layout traces
