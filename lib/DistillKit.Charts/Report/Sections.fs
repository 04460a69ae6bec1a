/// The parts of the report, each from what the run has left.
module internal DistillKit.Charts.Sections

open System
open System.Collections.Generic
open System.Globalization
open DistillKit.Metrics
open DistillKit.Runs.Profiles
open DistillKit.Runs.Stages
open DistillKit.Training

let private percent (share: float) = Figure.number (100.0 * share) 2 + " %"

let private megabytes (bytes: int64) = Figure.number (float bytes / 1e6) 2 + " MB"

let private times (ratio: float) = if ratio >= 1.0 then $"{Figure.short ratio} times" else $"1/{Figure.short (1.0 / ratio)} of"

/// The rows that the summary compares: teacher, student in floating point, and the fastest of the most accurate integer networks.
let private compared (result: BenchmarkResult) =
    let rows = Seq.toList result.Rows
    let named name = rows |> List.tryFind (fun row -> row.Name = name && not (BenchmarkRows.isInteger row))
    let integer = rows |> List.filter BenchmarkRows.isInteger
    match named "teacher", named "distill" with
    | Some teacher, Some student when not integer.IsEmpty ->
        Some(teacher, student, integer |> List.minBy (fun row -> -Math.Round(row.Accuracy, 3), row.LatencyMilliseconds))
    | _ -> None

let headline (result: BenchmarkResult) =
    match compared result with
    | Some(teacher, student, integer) ->
        $"Profile {result.Profile}: teacher {percent teacher.Accuracy}, student {percent student.Accuracy}, "
        + $"as INT8 {percent integer.Accuracy} in {megabytes integer.FileBytes}"
    | None -> $"Profile {result.Profile}"

let summary (result: BenchmarkResult) =
    let fact (value: string) (meaning: string) = $"<div><b>{Html.text value}</b><span>{Html.text meaning}</span></div>\n"
    let facts =
        match compared result with
        | Some(teacher, student, integer) ->
            let kept = percent (integer.Accuracy / teacher.Accuracy)
            let size, slow = float teacher.FileBytes / float integer.FileBytes, teacher.LatencyMilliseconds / integer.LatencyMilliseconds
            [ fact (percent integer.Accuracy) $"right answers on the test set, {integer.Format} student ({kept} of the teacher's)"
              for alone in result.Rows |> Seq.filter (fun row -> row.Name = "baseline") |> Seq.truncate 1 do
                  let points = 100.0 * (student.Accuracy - alone.Accuracy)
                  fact
                      ((if points >= 0.0 then "+" else "") + Figure.number points 2 + " points")
                      "the student with the teacher, against the same student alone at equal budget; one seed"
              fact (megabytes integer.FileBytes) $"ONNX file; the teacher's is {times size} as large"
              fact
                  (Figure.short integer.LatencyMilliseconds + " ms")
                  ($"for one image on one thread ({integer.Runtime}); "
                   + $"the teacher takes {times slow} as long ({teacher.Runtime})") ]
        | None -> []
    $"<div class=\"facts\">\n{Html.all facts}</div>\n"

let benchmark (result: BenchmarkResult) =
    let agreements = [ for one in result.Agreements -> [ one.Name; percent one.SameTop1; Figure.short one.MeanDifference ] ]
    Html.table BenchmarkTable.Words BenchmarkTable.Header (BenchmarkTable.Rows result)
    + Html.paragraph
        ("Test: the accuracy on the test set, read once, at the end. ECE: expected calibration error. "
         + "Latency: one image, one thread, median of calls in which the files take turns. Throughput: batches of 64 "
         + "on all threads. Memory: peak of a fresh process that does only inference.")
    + if agreements.IsEmpty then "" else Html.table 1 [ "one file, two runtimes"; "same answer"; "mean difference of logits" ] agreements

let trainingTitle (trainings: TrainingHistory list) =
    let last name =
        [ for training in trainings do if training.Name = name then for line in training.Lines -> line.ValidationAccuracy ]
        |> List.tryFindBack _.HasValue
        |> Option.map _.Value
    match last "baseline", last "distill" with
    | Some alone, Some helped when helped > alone ->
        $"With the teacher the student reaches {percent helped} of the validation images, alone {percent alone}"
    | Some alone, Some helped ->
        $"The teacher does not help here: {percent helped} of the validation images with it, {percent alone} without"
    | _ -> "The trainings of this run"

let benchmarkTitle (result: BenchmarkResult) =
    match compared result with
    | Some(_, student, integer) ->
        let points = 100.0 * (integer.Accuracy - student.Accuracy)
        let direction = if points > 0.0 then "above" else "below"
        let change = if abs points < 0.005 then "as accurate as" else $"{Figure.number (abs points) 2} points {direction}"
        let size, ratio = float student.FileBytes / float integer.FileBytes, student.LatencyMilliseconds / integer.LatencyMilliseconds
        let speed = if ratio >= 1.0 then $"{Figure.short ratio} times as fast" else $"{Figure.short (1.0 / ratio)} times as slow"
        $"The INT8 student is {change} the one in floating point, in 1/{Figure.short size} of the bytes and {speed}"
    | None -> "The networks of this run"

/// The answers of the networks that the summary compares: the integer student's first.
let answers (result: BenchmarkResult) (reports: TestReport list) =
    [ match compared result with
      | Some(teacher, student, integer) ->
          for row in [ integer; student; teacher ] do
              match reports |> List.tryFind (fun report -> report.Name = row.Name && report.Format = row.Format) with
              | Some found -> KeyValuePair($"{row.Name} {row.Format}", found.Report)
              | None -> ()
      | None -> () ]

let confusionTitle (name: string) (report: ClassificationReport) =
    let mistakes =
        [ for row, label in Seq.indexed report.Classes do
              for column, prediction in Seq.indexed report.Classes do
                  if row <> column then float report.Confusion[row].[column] / float (max 1 label.Count), label.Name, prediction.Name ]
    let share, label, prediction = mistakes |> List.maxBy (fun (share, _, _) -> share)
    $"{name}: the most frequent mistake is {label} taken for {prediction}, {percent share} of its images"

let reliabilityTitle (answers: KeyValuePair<string, ClassificationReport> list) =
    let best = answers |> List.minBy _.Value.CalibrationError
    $"{best.Key} is calibrated best, {Figure.number (100.0 * best.Value.CalibrationError) 1} points off"

let private frontTitle (points: TradeOffPoint list) what =
    let front = TradeOff.Front points
    let names = String.Join(", ", front |> Array.map _.Name)
    if front.Length = 1 then $"{names} is both the best and the {what}"
    else $"{front.Length} of {points.Length} are not beaten in accuracy and {what} at once"

let sizeTitle (result: BenchmarkResult) = frontTitle (TradeOff.Sizes result) "size"

let latencyTitle (result: BenchmarkResult) = frontTitle (TradeOff.Latencies result) "latency"

let provenance (result: BenchmarkResult) (stages: RunFolder.StageFigures list) (recipes: (string * string) list) =
    let minute (date: DateTimeOffset) = date.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
    let runtimes = result.Rows |> Seq.map _.Runtime |> Seq.distinct
    let facts =
        [ [ "profile"; result.Profile ]
          [ "seed"; string result.Seed ]
          [ "measured"; $"{minute result.Date} UTC" ]
          [ "processor"; BenchmarkTable.Processor result.Machine ]
          [ "system"; result.Machine.OperatingSystem ]
          [ "engine"; result.Machine.Engine ]
          [ "runtimes"; String.Join("; ", runtimes) ]
          [ "report"; $".NET {Environment.Version}, {nameof DistillKit} {typeof<Profile>.Assembly.GetName().Version}" ] ]
    let steps = [ for stage in stages -> [ stage.Stage; minute stage.Date; String.Join(", ", stage.Figures) ] ]
    let detail (name, json) = $"<details><summary>recipe: {Html.text name}</summary><pre>{Html.text json}</pre></details>\n"
    Html.table 2 [ "what"; "value" ] facts + Html.table 3 [ "stage"; "finished (UTC)"; "result" ] steps + Html.all (List.map detail recipes)
