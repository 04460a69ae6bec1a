namespace DistillKit.Charts

open System.Collections.Generic
open System.IO
open System.Text.Json
open DistillKit
open XPlot.Plotly

/// <summary>A number that was logged during a training.</summary>
/// <param name="Epoch">When: the epochs done, with fractions.</param>
/// <param name="Value">The number.</param>
[<Struct>]
type LoggedValue = { Epoch: float; Value: float }

/// <summary>What a training logged.</summary>
type TrainingRun =
    { /// What it is called in the chart.
      Name: string
      /// The loss on training images.
      Loss: IReadOnlyList<LoggedValue>
      /// The share of right answers on augmented training images, in [0, 1].
      Accuracy: IReadOnlyList<LoggedValue>
      /// The share of right answers on validation images, in [0, 1].
      Validation: IReadOnlyList<LoggedValue> }

    /// <summary>A training from plain numbers: one loss and one validation accuracy for each epoch.</summary>
    static member OfEpochs(name: string, losses: seq<float>, validationAccuracies: seq<float>) =
        let perEpoch values = [| for index, value in Seq.indexed values -> { Epoch = float (index + 1); Value = value } |]
        { Name = name; Loss = perEpoch losses; Accuracy = [||]; Validation = perEpoch validationAccuracies }

    /// <summary>The same training by another name, as it shall stand in a chart.</summary>
    member run.Named(name: string) = { run with Name = name }

    /// <summary>Reads a <c>metrics.jsonl</c> (<see cref="T:DistillKit.Training.MetricsLog"/>). A line that a crash cut off is left out.</summary>
    /// <exception cref="T:DistillKit.UserException">The file is not there, or holds no metrics.</exception>
    static member Read(name: string, path: string) =
        let lines = try File.ReadAllLines path with :? IOException as error -> raise (UserException($"Cannot read {path}: {error.Message}", error))
        let parse (line: string) =
            try
                use document = JsonDocument.Parse line
                let root = document.RootElement
                let field (key: string) =
                    match root.TryGetProperty key with
                    | true, value when value.ValueKind = JsonValueKind.Number -> Some(value.GetDouble())
                    | _ -> None
                match field "step", field "epoch" with
                | Some step, Some epoch -> Some(step, epoch, field "loss", field "accuracy", field "validationAccuracy")
                | _ -> None
            with :? JsonException -> None
        let entries = lines |> Array.choose parse
        if entries.Length = 0 then raise (UserException $"There are no metrics in {path}: it is not the metrics.jsonl of a training that has begun.")
        // A validation ends its epoch, so it tells how many steps an epoch has; without one the last step is the best guess.
        let stepsPerEpoch =
            entries
            |> Array.tryFindBack (fun (_, _, _, _, validation) -> validation.IsSome)
            |> Option.defaultValue (Array.last entries)
            |> fun (step, epoch, _, _, _) -> step / (epoch + 1.0)
        let values (choose: float option * float option * float option -> float option) : IReadOnlyList<LoggedValue> =
            entries
            |> Array.choose (fun (step, _, loss, accuracy, validation) ->
                choose (loss, accuracy, validation) |> Option.map (fun value -> { Epoch = step / stepsPerEpoch; Value = value }))
            :> _
        { Name = name
          Loss = values (fun (loss, _, _) -> loss)
          Accuracy = values (fun (_, accuracy, _) -> accuracy)
          Validation = values (fun (_, _, validation) -> validation) }

/// <summary>How loss and accuracy move during trainings. The lines are of training images, the dots of validation images.</summary>
[<AbstractClass; Sealed>]
type TrainingCurves private () =

    /// <summary>Draws trainings in two panels: loss, and accuracy.</summary>
    /// <param name="title">What the chart shows, as a sentence.</param>
    /// <param name="runs">Their losses can only be compared where they are the same function.</param>
    static member Of(title: string, runs: seq<TrainingRun>) : PlotlyChart =
        let runs = Figure.some title runs
        let legend (run: TrainingRun) =
            match Seq.tryLast run.Validation with
            | Some last -> $"{run.Name}: {Figure.number (100.0 * last.Value) 1} %% validation"
            | None -> run.Name
        let curve panel index (run: TrainingRun) (values: IReadOnlyList<LoggedValue>) factor =
            Scatter(
                x = [| for value in values -> value.Epoch |], y = [| for value in values -> factor * value.Value |], mode = "lines", name = Figure.plain (legend run), showlegend = (panel = 0), legendgroup = run.Name,
                line = Line(color = Theme.color index, width = 2.0, dash = Theme.dash index), xaxis = Figure.axisName "x" panel, yaxis = Figure.axisName "y" panel)
        let dots index (run: TrainingRun) =
            let joined = run.Validation.Count > 1 && run.Accuracy.Count = 0
            Scatter(
                x = [| for value in run.Validation -> value.Epoch |], y = [| for value in run.Validation -> 100.0 * value.Value |], mode = (if joined then "lines+markers" else "markers"),
                name = Figure.plain $"{run.Name}, validation", showlegend = false, legendgroup = run.Name, line = Line(color = Theme.color index, width = 2.0),
                marker = Marker(color = Theme.color index, size = 10.0, symbol = Theme.symbol index, line = Line(color = Theme.Ink, width = 1.0)), xaxis = "x2", yaxis = "y2")
        let traces: Trace list =
            [ for index, run in Seq.indexed runs do
                  curve 0 index run run.Loss 1.0
                  if run.Accuracy.Count > 0 then curve 1 index run run.Accuracy 100.0
                  if run.Validation.Count > 0 then dots index run ]
        let layout = Figure.layout title 70.0 (runs |> Array.map legend)
        let longest = [ for run in runs do for value in Seq.append run.Loss run.Validation -> value.Epoch ] |> List.append [ 0.01 ] |> List.max
        for panel, (start, finish) in Seq.indexed (Figure.columns 2 0.17) do
            let x, y = Figure.xAxis "epochs", Figure.yAxis (if panel = 0 then "loss on training images (nats)" else "right answers (%); symbols: validation")
            x.domain <- [| start; finish |]
            x.range <- [| 0.0; 1.04 * longest |]
            x.anchor <- Figure.axisName "y" panel
            y.anchor <- Figure.axisName "x" panel
            layout.SetAxes(panel, x, y)
        Figure.chart 440 layout traces
