/// <summary>Accuracy against what it costs. The line joins the Pareto front: the points that no other beats in both.</summary>
module DistillKit.Charts.TradeOff

open System
open System.Runtime.InteropServices
open DistillKit.Runs.Stages
open XPlot.Plotly

let private unbeaten = "not beaten in both (Pareto front)"

let private size = 11.0

/// A, B, ..., Z, AA, AB, ...
let rec private letter (index: int) =
    (if index < 26 then "" else letter (index / 26 - 1)) + string (char (int 'A' + index % 26))

/// <summary>The points that no other point beats: none is both as cheap and as good and better in one. From the cheapest.</summary>
let Front (points: seq<TradeOffPoint>) : TradeOffPoint[] =
    let points = Seq.toArray points
    let beats (one: TradeOffPoint) (other: TradeOffPoint) =
        one.Cost <= other.Cost && one.Accuracy >= other.Accuracy && (one.Cost < other.Cost || one.Accuracy > other.Accuracy)
    points
    |> Array.filter (fun point -> not (points |> Array.exists (fun other -> beats other point)))
    |> Array.sortBy (fun point -> point.Cost, point.Accuracy)

/// <summary>Draws points. The axis of the cost is logarithmic.</summary>
/// <param name="points">At least one; costs are above 0.</param>
/// <param name="images">The images that the accuracies were counted on, for Wilson's 95 % intervals; 0 for none.</param>
let Of
    (title: string, costTitle: string, points: seq<TradeOffPoint>, [<Optional; DefaultParameterValue(0)>] images: int,
     [<Optional; DefaultParameterValue("test set")>] set: string)
    : PlotlyChart =
    let points = Figure.some title points |> Array.distinct
    let front = Front points
    let others = points |> Array.except front
    let ranked = points |> Array.sortBy _.Cost
    let low, high = ranked[0].Cost, (Array.last ranked).Cost
    let accuracies = points |> Array.map _.Accuracy
    let worst, best = Array.min accuracies, Array.max accuracies
    let letters = [| for index in 0 .. ranked.Length - 1 -> letter index |]
    let interval (point: TradeOffPoint) = if images > 0 then BenchmarkRows.interval point.Accuracy images else 0.0, 0.0
    let down point = 100.0 * fst (interval point)
    let up point = 100.0 * snd (interval point)
    // Points that lie on each other share a label, above the last.
    let near (one: TradeOffPoint) (other: TradeOffPoint) =
        Math.Abs(Math.Log(one.Cost / other.Cost)) <= 0.045 * Math.Log(1.56 * high / low)
        && Math.Abs(one.Accuracy - other.Accuracy) <= 0.04 * Math.Max(0.01, best - worst)
    let join (groups: (TradeOffPoint * float * int list) list) (index: int, point: TradeOffPoint) =
        let above = 100.0 * point.Accuracy + up point
        match groups with
        | (last, height, members) :: rest when near last point -> (point, Math.Max(height, above), index :: members) :: rest
        | _ -> (point, above, [ index ]) :: groups
    let level (point: TradeOffPoint) = Math.Round(point.Accuracy / Math.Max(1e-9, 0.04 * (best - worst)))
    let labels = ranked |> Array.indexed |> Array.sortBy (fun (_, point) -> level point, point.Cost) |> Array.fold join []
    let layout = Figure.layout title 70.0 [ unbeaten; "beaten" ]
    let x, y = Figure.xAxis costTitle, Figure.yAxis $"right answers on the {set} (%%)"
    let left, right = low / 1.25, high * 1.25
    Figure.logarithmicX x left right 8
    let least = Array.min [| for point in points -> 100.0 * point.Accuracy - down point |]
    let most = Array.max [| for point in points -> 100.0 * point.Accuracy + up point |]
    let slack = Math.Max(0.05, 0.06 * (most - least))
    // Above the highest point there is room for its letter.
    let bottom, top = least - slack, most + 2.0 * slack
    y.range <- [| bottom; top |]
    layout.SetAxes(0, x, y)
    let width, plotHeight = float Theme.Width - layout.margin.l - layout.margin.r, 400.0 - layout.margin.t
    let decade = width / Math.Log(right / left)
    let pixels =
        [| for point in ranked ->
               decade * Math.Log(point.Cost / left), plotHeight * (100.0 * point.Accuracy - bottom) / (top - bottom) |]
    // Points that would hide each other stand apart, by less than their size; what is said of them stays exact.
    let offsets = Figure.spread (size / 2.0) (fun count -> Math.Min(8.0, 14.0 / float count)) pixels
    let beside = readOnlyDict [ for point, offset in Seq.zip ranked offsets -> point, point.Cost * Math.Exp(offset / decade) ]
    let series (some: TradeOffPoint[]) (cost: TradeOffPoint -> float) mode =
        Scatter(x = Array.map cost some, y = [| for point in some -> 100.0 * point.Accuracy |], mode = mode)
    let stair = series front _.Cost "lines"
    stair.showlegend <- false
    stair.hoverinfo <- "skip"
    stair.line <- Line(color = Theme.color 0, width = 2.0, shape = "hv")
    let dots (some: TradeOffPoint[]) name index =
        let dots, color = series some (fun point -> beside[point]) "markers", Theme.color index
        dots.name <- name
        dots.showlegend <- true
        dots.text <-
            [| for point in some ->
                   Figure.plain $"{point.Name}: {Figure.short point.Cost}, {Figure.number (100.0 * point.Accuracy) 2} %%" |]
        dots.hoverinfo <- "text"
        dots.marker <- Marker(color = color, size = size, symbol = Theme.symbol index, line = Line(color = Theme.Ink, width = 1.0))
        dots.error_y <-
            Error_y(
                ``type`` = "data", symmetric = false, array = Array.map up some, arrayminus = Array.map down some, color = color,
                thickness = 1.5, width = 4.0)
        dots
    let traces: Trace list =
        [ stair
          if others.Length > 0 then dots others "beaten" 1
          dots front unbeaten 0
          // Above the error bars, where no line runs.
          let xs, heights = [ for point, _, _ in labels -> point.Cost ], [ for _, height, _ in labels -> height ]
          let texts = [ for _, _, members in labels -> String.Join(", ", [ for index in List.sort members -> letters[index] ]) ]
          Figure.labels 0 xs heights texts "top center" Theme.Ink ]
    // The names stand below the plot, by letter: points lie too close for names of their own, and a number would run into a name such as
    // "4 bits".
    let notes =
        [ for letter, point in Seq.zip letters ranked do $"{letter}: {Figure.plain point.Name}"
          if Array.exists ((<>) 0.0) offsets then "Points that coincide are drawn beside each other." ]
    let row = 20.0
    layout.margin.b <- 64.0 + row * float notes.Length
    let height = 400.0 + layout.margin.b
    layout.annotations <-
        [ for index, note in Seq.indexed notes -> Figure.note note (0.0, -(56.0 + row * float index) / plotHeight) "left" "top" ]
    Figure.chart (int height) layout traces

/// The files of a run with their sizes in MB. A file that several runtimes ran counts once.
let internal Sizes (result: BenchmarkResult) =
    [ for row in result.Rows |> Seq.distinctBy (fun row -> row.Name, row.Format) ->
          { Name = $"{row.Name} {row.Format}"; Cost = float row.FileBytes / 1e6; Accuracy = row.Accuracy } ]

/// The files of a run in each runtime with their latencies in milliseconds.
let internal Latencies (result: BenchmarkResult) =
    [ for row in result.Rows -> { Name = BenchmarkRows.label row; Cost = row.LatencyMilliseconds; Accuracy = row.Accuracy } ]

/// <summary>Draws accuracy against the size of the file. A file that several runtimes ran counts once.</summary>
let AgainstSize (title: string, result: BenchmarkResult) : PlotlyChart =
    Of(title, "ONNX file (MB, logarithmic)", Sizes result, result.TestImages, "test set")

/// <summary>Draws accuracy against the time for one image on one thread.</summary>
let AgainstLatency (title: string, result: BenchmarkResult) : PlotlyChart =
    Of(title, "time for one image, one thread (ms, median, logarithmic)", Latencies result, result.TestImages, "test set")
