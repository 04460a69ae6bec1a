namespace DistillKit.Charts

open System
open System.Runtime.InteropServices
open DistillKit.Runs.Stages
open XPlot.Plotly

/// <summary>One way to make a network: what it costs, and how good it is.</summary>
type TradeOffPoint =
    { /// What it is called in the chart.
      Name: string
      /// What is to be small.
      Cost: float
      /// In [0, 1].
      Accuracy: float }

/// <summary>Accuracy against what it costs. The line joins the Pareto front: the points that no other beats in both.</summary>
[<AbstractClass; Sealed>]
type TradeOff private () =

    /// <summary>The points that no other point beats: none is both as cheap and as good and better in one. From the cheapest.</summary>
    static member Front(points: seq<TradeOffPoint>) : TradeOffPoint[] =
        let points = Seq.toArray points
        let beats (one: TradeOffPoint) (other: TradeOffPoint) =
            one.Cost <= other.Cost && one.Accuracy >= other.Accuracy && (one.Cost < other.Cost || one.Accuracy > other.Accuracy)
        points |> Array.filter (fun point -> not (points |> Array.exists (fun other -> beats other point))) |> Array.sortBy (fun point -> point.Cost, point.Accuracy)

    /// <summary>Draws points. The axis of the cost is logarithmic.</summary>
    /// <param name="title">What the chart shows, as a sentence.</param>
    /// <param name="costTitle">What the cost is, with its unit.</param>
    /// <param name="points">At least one; costs are above 0.</param>
    /// <param name="images">The images that the accuracies were counted on, for Wilson's 95 % intervals; 0 for none.</param>
    /// <param name="set">What these images are.</param>
    static member Of
        (title: string, costTitle: string, points: seq<TradeOffPoint>, [<Optional; DefaultParameterValue(0)>] images: int, [<Optional; DefaultParameterValue("test set")>] set: string)
        : PlotlyChart =
        let points = Figure.some title points |> Array.distinct
        let front = TradeOff.Front points
        let ranked = points |> Array.sortBy _.Cost
        let low, high = ranked[0].Cost, (Array.last ranked).Cost
        let worst, best = points |> Array.map _.Accuracy |> Array.min, points |> Array.map _.Accuracy |> Array.max
        // Points that lie on each other share a label, above the last.
        let near (one: TradeOffPoint) (other: TradeOffPoint) =
            Math.Log(Math.Max(one.Cost, other.Cost) / Math.Min(one.Cost, other.Cost)) <= 0.045 * Math.Log(1.56 * high / low) && abs (one.Accuracy - other.Accuracy) <= 0.04 * Math.Max(0.01, best - worst)
        let above (point: TradeOffPoint) = 100.0 * point.Accuracy + (if images > 0 then 100.0 * snd (BenchmarkRows.interval point.Accuracy images) else 0.0)
        let join (groups: (TradeOffPoint * float * string) list) (index, point) =
            match groups with
            | (last, height, text) :: rest when near last point -> (point, Math.Max(height, above point), $"{text}, {index + 1}") :: rest
            | _ -> (point, above point, string (index + 1)) :: groups
        let labels = ranked |> Array.indexed |> Array.sortBy (fun (_, point) -> Math.Round(point.Accuracy / Math.Max(1e-9, 0.04 * (best - worst))), point.Cost) |> Array.fold join []
        let errors (which: (float * float) -> float) (some: TradeOffPoint[]) = [| for point in some -> if images > 0 then 100.0 * which (BenchmarkRows.interval point.Accuracy images) else 0.0 |]
        let dots (some: TradeOffPoint[]) name color symbol =
            Scatter(
                x = [| for point in some -> point.Cost |], y = [| for point in some -> 100.0 * point.Accuracy |], mode = "markers", name = name, showlegend = true,
                text = [| for point in some -> Figure.plain point.Name |], hoverinfo = "text+x+y", marker = Marker(color = color, size = 11.0, symbol = symbol, line = Line(color = Theme.Ink, width = 1.0)),
                error_y = Error_y(``type`` = "data", symmetric = false, array = errors snd some, arrayminus = errors fst some, color = color, thickness = 1.5, width = 4.0))
        let others = points |> Array.except front
        let traces: Trace list =
            [ Scatter(
                  x = [| for point in front -> point.Cost |], y = [| for point in front -> 100.0 * point.Accuracy |], mode = "lines", showlegend = false, hoverinfo = "skip",
                  line = Line(color = Theme.color 0, width = 2.0, shape = "hv"))
              if others.Length > 0 then dots others "beaten" (Theme.color 1) (Theme.symbol 1)
              dots front "not beaten in both (Pareto front)" (Theme.color 0) (Theme.symbol 0)
              // Above the error bars, where no line runs.
              Figure.labels 0 [ for point, _, _ in labels -> point.Cost ] [ for _, height, _ in labels -> height ] [ for _, _, text in labels -> text ] "top center" Theme.Ink ]
        let layout = Figure.layout title 70.0 [ "not beaten in both (Pareto front)"; "beaten" ]
        let x, y = Figure.xAxis costTitle, Figure.yAxis $"right answers on the {set} (%%)"
        Figure.logarithmicX x (low / 1.25) (high * 1.25) 8
        layout.SetAxes(0, x, y)
        // The names stand below the plot, by number: points lie too close for names of their own.
        let row = 20.0
        layout.margin.b <- 64.0 + row * float points.Length
        let height = 400.0 + layout.margin.b
        layout.annotations <-
            [ for index, point in Seq.indexed ranked do
                  let below = (56.0 + row * float index) / (height - layout.margin.t - layout.margin.b)
                  Figure.note $"{index + 1}: {Figure.plain point.Name}" (0.0, -below) "left" "top" ]
        Figure.chart (int height) layout traces

    /// <summary>Accuracy against the size of the file. A file that several runtimes ran counts once.</summary>
    /// <param name="title">What the chart shows, as a sentence.</param>
    /// <param name="result">Of a run.</param>
    static member AgainstSize(title: string, result: BenchmarkResult) : PlotlyChart =
        let rows = result.Rows |> Seq.distinctBy (fun row -> row.Name, row.Format)
        let points = [ for row in rows -> { Name = $"{row.Name} {row.Format}"; Cost = float row.FileBytes / 1e6; Accuracy = row.Accuracy } ]
        TradeOff.Of(title, "ONNX file (MB, logarithmic)", points, result.TestImages)

    /// <summary>Accuracy against the time for one image on one thread.</summary>
    /// <param name="title">What the chart shows, as a sentence.</param>
    /// <param name="result">Of a run.</param>
    static member AgainstLatency(title: string, result: BenchmarkResult) : PlotlyChart =
        let points = [ for row in result.Rows -> { Name = BenchmarkRows.label row; Cost = row.LatencyMilliseconds; Accuracy = row.Accuracy } ]
        TradeOff.Of(title, "time for one image, one thread (ms, median, logarithmic)", points, result.TestImages)
