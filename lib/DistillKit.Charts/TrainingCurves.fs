/// <summary>How loss and accuracy move during trainings. The lines are of training images, the dots of validation images.</summary>
module DistillKit.Charts.TrainingCurves

open DistillKit.Training
open XPlot.Plotly

/// <summary>Draws trainings in two panels: loss, and accuracy.</summary>
/// <param name="trainings">Their losses can only be compared where they are the same function.</param>
let Of (title: string, trainings: seq<TrainingHistory>) : PlotlyChart =
    let trainings = Figure.some title trainings
    // Epochs done and value of the lines that have one.
    let points (training: TrainingHistory) (value: MetricsLine -> System.Nullable<float>) =
        [| for line in training.Lines do if (value line).HasValue then training.EpochsAt line, (value line).Value |]
    let validation training = points training _.ValidationAccuracy
    let legend (training: TrainingHistory) =
        match Array.tryLast (validation training) with
        | Some(_, last) -> $"{training.Name}: {Figure.number (100.0 * last) 1} %% validation"
        | None -> training.Name
    let series panel index (training: TrainingHistory) factor points =
        Scatter(
            x = Array.map fst points, y = [| for _, value in points -> factor * value |], legendgroup = training.Name,
            showlegend = (panel = 0), line = Line(color = Theme.color index, width = 2.0),
            xaxis = Figure.axisName "x" panel, yaxis = Figure.axisName "y" panel)
    let traces: Trace list =
        [ for index, training in Seq.indexed trainings do
              let accuracy, validation = points training _.Accuracy, validation training
              for panel, factor, points in [ 0, 1.0, points training _.Loss; if accuracy.Length > 0 then 1, 100.0, accuracy ] do
                  let curve = series panel index training factor points
                  curve.mode <- "lines"
                  curve.name <- Figure.plain (legend training)
                  curve.line.dash <- Theme.dash index
                  curve
              if validation.Length > 0 then
                  let dots = series 1 index training 100.0 validation
                  dots.mode <- if validation.Length > 1 && accuracy.Length = 0 then "lines+markers" else "markers"
                  dots.name <- Figure.plain $"{training.Name}, validation"
                  dots.marker <- Figure.symbols index 10.0
                  dots.marker.line <- Line(color = Theme.Ink, width = 1.0)
                  dots ]
    let layout = Figure.layout title 70.0 (trainings |> Array.map legend)
    let times value = [ for training in trainings do for time, _ in points training value -> time ]
    let longest = List.max (0.01 :: times _.Loss @ times _.ValidationAccuracy)
    for panel, (start, finish) in Seq.indexed (Figure.columns 2 0.17) do
        let x = Figure.xAxis "epochs"
        let y = Figure.yAxis (if panel = 0 then "loss on training images (nats)" else "right answers (%); symbols: validation")
        x.domain <- [| start; finish |]
        x.range <- [| 0.0; 1.04 * longest |]
        layout.SetPanel(panel, x, y)
    Figure.chart 440 layout traces
