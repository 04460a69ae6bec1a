/// <summary>Results of experiments as dots with their intervals: what is certain is seen next to what was measured.</summary>
module DistillKit.Charts.IntervalDots

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open DistillKit.Runs.Experiments
open DistillKit.Runs.Experiments.Statistics
open XPlot.Plotly

/// <summary>Draws estimates from top to bottom.</summary>
/// <param name="reference">A dashed line, for instance at 0 for differences, or at the baseline's mean; NaN for none.</param>
let Of
    (title: string, valueTitle: string, estimates: seq<Estimate>, [<Optional; DefaultParameterValue(Double.NaN)>] reference: float)
    : PlotlyChart =
    let estimates = Figure.some title estimates
    let names = [| for estimate in estimates -> estimate.Name |]
    let hasRuns = estimates |> Array.exists (fun estimate -> estimate.Runs.Count > 0)
    let legend = if hasRuns then [ "mean and 95 % interval"; "single runs" ] else [ "95 % interval" ]
    let all =
        [ for estimate in estimates do yield! [ estimate.Low; estimate.High; estimate.Mean ]
          for estimate in estimates do yield! estimate.Runs
          if Double.IsFinite reference then reference ]
    let slack = Math.Max(1e-9, 0.06 * (List.max all - List.min all))
    let left, right = List.min all - slack, List.max all + slack
    let layout, x, _ = Figure.named title names legend valueTitle
    x.range <- [| left; right |]
    let width = float Theme.Width - layout.margin.l - layout.margin.r
    // Single runs stand below their mean; those that would hide each other below one another, since a height within a row means nothing.
    let places (place: int) (estimate: Estimate) =
        let pixels = [| for run in estimate.Runs -> (run - left) / (right - left) * width, 0.0 |]
        Figure.spread 5.0 (fun count -> Math.Min(0.16, 0.28 / float (count - 1))) pixels
        |> Array.map2 (fun run offset -> run, float place + 0.3 + offset) (Seq.toArray estimate.Runs)
    let runs = estimates |> Array.mapi places |> Array.concat
    let shown = Figure.alike all
    let hover (estimate: Estimate) =
        Figure.plain $"{estimate.Name}: {shown estimate.Mean} ({shown estimate.Low} to {shown estimate.High})"
    let traces: Trace list =
        [ if Double.IsFinite reference then Figure.line (reference, -0.5) (reference, float names.Length - 0.5)
          if runs.Length > 0 then
              Scatter(
                  x = Array.map fst runs, y = Array.map snd runs, mode = "markers", name = List.last legend, showlegend = true,
                  hoverinfo = "x",
                  marker = Marker(color = Theme.color 1, size = 7.0, symbol = "diamond", line = Line(color = Theme.Ink, width = 1.0)))
          Scatter(
              x = Array.map _.Mean estimates, y = Figure.places names.Length, mode = "markers", name = legend.Head, showlegend = true,
              text = Array.map hover estimates, hoverinfo = "text", marker = Figure.symbols 0 11.0,
              error_x = Error_x(
                  ``type`` = "data", symmetric = false, array = [| for estimate in estimates -> estimate.High - estimate.Mean |],
                  arrayminus = [| for estimate in estimates -> estimate.Mean - estimate.Low |], color = Theme.color 0, thickness = 2.0,
                  width = 5.0)) ]
    Figure.chart (190 + 44 * names.Length) layout traces

/// <summary>What the recipes of an experiment gain over its baseline, seed by seed, with their verdicts.</summary>
/// <param name="table">Of an experiment with a baseline, of which at least one seed has finished.</param>
/// <exception cref="T:DistillKit.UserException">No recipe can be compared.</exception>
let AboveBaseline (title: string, table: ExperimentTable) : PlotlyChart =
    let reference =
        readOnlyDict [ for run in table.Runs do if Some run.Recipe = Option.ofObj table.Baseline then run.Seed, run.Accuracy ]
    let estimate (row: TableRow) (comparison: Comparison) =
        let ofRow (run: FinishedRun) =
            run.Recipe = row.Recipe && Seq.forall2 (=) run.Grid row.Grid && reference.ContainsKey run.Seed
        let low, high =
            match comparison.Interval with
            | null -> comparison.Difference, comparison.Difference
            | interval -> interval.Low, interval.High
        let grid = String.concat "" [ for value in row.Grid -> $", {value.Path} {value.Value}" ]
        { Name = $"{row.Recipe}{grid}: {comparison.Verdict.Text()}"
          Mean = 100.0 * comparison.Difference
          Low = 100.0 * low
          High = 100.0 * high
          Runs = [| for run in table.Runs do if ofRow run then 100.0 * (run.Accuracy - reference[run.Seed]) |] }
    let compared =
        [ for row in table.Rows do
              match row.Comparison with
              | null -> ()
              | comparison -> estimate row comparison ]
    if compared.IsEmpty then raise (DistillKit.UserException $"The experiment {table.Name} has nothing to compare yet.")
    let metric = table.Metric.ToString().ToLowerInvariant()
    Of(title, $"{metric} accuracy above {table.Baseline} (points)", compared, 0.0)
