namespace DistillKit.Charts

open System
open System.Linq
open DistillKit.Metrics
open XPlot.Plotly

/// <summary>Which classes a network takes for which.</summary>
[<AbstractClass; Sealed>]
type ConfusionMatrix private () =

    /// <summary>
    /// Draws the share of each class's images by prediction, in percent: rows are labels, columns predictions. Right answers are the numbers on the diagonal; colour is
    /// kept for the mistakes, which it would not show beside them.
    /// </summary>
    /// <param name="title">What the chart shows, as a sentence.</param>
    /// <param name="report">Of the network.</param>
    static member Of(title: string, report: ClassificationReport) : PlotlyChart =
        let names = [| for result in report.Classes -> result.Name |]
        let share row column = 100.0 * float report.Confusion[row].[column] / float (Math.Max(1, report.Confusion[row].Sum()))
        let size = names.Length
        let worst = Math.Max(1.0, Seq.max [ for row in 0 .. size - 1 do for column in 0 .. size - 1 do if row <> column then share row column ])
        let places = [| for place in 0 .. size - 1 -> float place |]
        let shown row column = if row = column then Nullable() else Nullable(Math.Round(share row column, 3))
        let map = Figure.heatmap [| for row in 0 .. size - 1 -> [| for column in 0 .. size - 1 -> shown row column |] |] 0.0 worst "mistakes, % of the row"
        let note row column = Figure.plain $"{report.Confusion[row].[column]} of the {names[row]} images are taken for {names[column]}"
        map.text <- [| for row in 0 .. size - 1 -> [| for column in 0 .. size - 1 -> note row column |] |]
        map.hoverinfo <- "text"
        let texts row column = if share row column >= 0.5 then Figure.number (share row column) 0 else ""
        let cells = [ for row in 0 .. size - 1 do for column in 0 .. size - 1 do if texts row column <> "" then row, column ]
        let colorOf (row, column) = if row = column then Theme.Ink else Theme.textOn (Theme.ofScale (share row column / worst))
        let traces: Trace list =
            [ map
              for color, group in List.groupBy colorOf cells do
                  Figure.labels 0 [ for _, column in group -> float column ] [ for row, _ in group -> float row ] [ for row, column in group -> texts row column ] "middle center" color ]
        let layout = Figure.layout title (Figure.namesRoom names) []
        let x = Figure.xAxis "prediction (columns) for each label (rows)"
        x.tickvals <- places
        x.ticktext <- names |> Array.map Figure.plain
        x.tickangle <- -45.0
        x.range <- [| -0.5; float size - 0.5 |]
        x.showgrid <- false
        let y = Figure.namesAxis names
        y.showgrid <- false
        layout.SetAxes(0, x, y)
        layout.margin.b <- 50.0 + 0.75 * Figure.widthOf names
        layout.margin.r <- 100.0
        Figure.chart 640 layout traces
