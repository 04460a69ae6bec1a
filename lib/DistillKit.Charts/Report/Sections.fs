/// The parts of the report, each from what the run has left.
module internal DistillKit.Charts.Sections

open System
open System.Text.Json
open DistillKit.Metrics
open DistillKit.Runs.Profiles
open DistillKit.Runs.Stages

let private percent (share: float) = Figure.number (100.0 * share) 2 + " %"

let private megabytes (bytes: int64) = Figure.number (float bytes / 1e6) 2 + " MB"

let private times (ratio: float) = if ratio >= 1.0 then $"{Figure.short ratio} times" else $"1/{Figure.short (1.0 / ratio)} of"

/// The rows that the summary compares: teacher, student in floating point, and the fastest of the most accurate integer networks.
let private compared (result: BenchmarkResult) =
    let rows = Seq.toList result.Rows
    let named name = rows |> List.tryFind (fun row -> row.Name = name && not (BenchmarkRows.isInteger row))
    let integer = rows |> List.filter BenchmarkRows.isInteger
    let best = if integer.IsEmpty then None else Some(integer |> List.minBy (fun row -> -Math.Round(row.Accuracy, 3), row.LatencyMilliseconds))
    named "teacher", named "distill", named "baseline", best

/// What the run has found, in a sentence.
let headline (result: BenchmarkResult) =
    match compared result with
    | Some teacher, Some student, _, Some integer ->
        $"Profile {result.Profile}: teacher {percent teacher.Accuracy}, student {percent student.Accuracy}, as INT8 {percent integer.Accuracy} in {megabytes integer.FileBytes}"
    | _ -> $"Profile {result.Profile}"

let summary (result: BenchmarkResult) =
    let fact (value: string) (meaning: string) = $"<div><b>{Html.text value}</b><span>{Html.text meaning}</span></div>\n"
    let facts =
        match compared result with
        | Some teacher, Some student, baseline, Some integer ->
            [ fact (percent integer.Accuracy) $"right answers on the test set, {integer.Format} student ({percent (integer.Accuracy / teacher.Accuracy)} of the teacher's)"
              match baseline with
              | Some alone ->
                  let points = 100.0 * (student.Accuracy - alone.Accuracy)
                  fact ((if points >= 0.0 then "+" else "") + Figure.number points 2 + " points") "the student with the teacher, against the same student alone at equal budget; one seed"
              | None -> ()
              fact (megabytes integer.FileBytes) $"ONNX file; the teacher's is {times (float teacher.FileBytes / float integer.FileBytes)} as large"
              fact
                  (Figure.short integer.LatencyMilliseconds + " ms")
                  $"for one image on one thread ({integer.Runtime}); the teacher takes {times (teacher.LatencyMilliseconds / integer.LatencyMilliseconds)} as long ({teacher.Runtime})" ]
        | _ -> []
    $"<div class=\"facts\">\n{Html.all facts}</div>\n"

let benchmark (result: BenchmarkResult) =
    let cells (row: BenchmarkRow) =
        [ row.Name; row.Format; row.Runtime; percent row.Accuracy; percent row.CalibrationError; Figure.number (float row.MultiplyAccumulates / 1e6) 1 + " M"; megabytes row.FileBytes
          Figure.number row.LatencyMilliseconds 3 + " ms"; Figure.number row.LatencyP95Milliseconds 3 + " ms"; Figure.number row.ImagesPerSecond 0
          (if row.PeakMemoryBytes.HasValue then Figure.number (float row.PeakMemoryBytes.Value / 1e6) 0 + " MB" else "not measured"); (if row.Seconds > 0.0 then Figure.number row.Seconds 0 + " s" else "not timed") ]
    Html.table 3
        [ "network"; "numbers"; "runtime"; "test accuracy"; "calibration error"; "multiply-adds"; "file"; "latency"; "95th percentile"; "images/s"; "memory"; "made in" ]
        [ for row in result.Rows -> cells row ]
    + Html.paragraph
        ("Accuracy: the test set, read once, at the end. Latency: one image, one thread, median of calls in which the files take turns. "
         + "Throughput: batches of 64 on all threads. Memory: peak of a fresh process that does only inference.")
    + (if result.Agreements.Count = 0 then ""
       else
           Html.table 1 [ "one file, two runtimes"; "same answer"; "mean difference of logits" ]
               [ for agreement in result.Agreements -> [ agreement.Name; percent agreement.SameTop1; Figure.short agreement.MeanDifference ] ])

/// What the curves show.
let trainingTitle (runs: TrainingRun list) =
    let last name = runs |> List.tryFind (fun run -> run.Name = name) |> Option.bind (fun run -> Seq.tryLast run.Validation) |> Option.map _.Value
    match last "baseline", last "distill" with
    | Some alone, Some helped when helped > alone -> $"With the teacher the student reaches {percent helped} of the validation images, alone {percent alone}"
    | Some alone, Some helped -> $"The teacher does not help here: {percent helped} of the validation images with it, {percent alone} without"
    | _ -> "The trainings of this run"

let benchmarkTitle (result: BenchmarkResult) =
    match compared result with
    | Some teacher, Some student, _, Some integer ->
        let points = 100.0 * (integer.Accuracy - student.Accuracy)
        let change = if abs points < 0.005 then "as accurate as" else $"""{Figure.number (abs points) 2} points {if points > 0.0 then "above" else "below"}"""
        let size, speed = float student.FileBytes / float integer.FileBytes, student.LatencyMilliseconds / integer.LatencyMilliseconds
        let speed = if speed >= 1.0 then $"{Figure.short speed} times as fast" else $"{Figure.short (1.0 / speed)} times as slow"
        $"The INT8 student is {change} the one in floating point, in 1/{Figure.short size} of the bytes and {speed}"
    | _ -> "The networks of this run"

/// The answers of the networks that the summary compares: the integer student's first.
let answers (result: BenchmarkResult) (reports: TestReport list) =
    let teacher, student, _, integer = compared result
    [ for row in List.choose id [ integer; student; teacher ] do
          match reports |> List.tryFind (fun report -> report.Name = row.Name && report.Format = row.Format) with
          | Some found -> Collections.Generic.KeyValuePair($"{row.Name} {row.Format}", found.Report)
          | None -> () ]

/// The most frequent mistake, as a share of the class's images.
let confusionTitle (name: string) (report: ClassificationReport) =
    let mistakes =
        [ for row, label in Seq.indexed report.Classes do
              for column, prediction in Seq.indexed report.Classes do
                  if row <> column then float report.Confusion[row].[column] / float (max 1 label.Count), label.Name, prediction.Name ]
    let share, label, prediction = mistakes |> List.maxBy (fun (share, _, _) -> share)
    $"{name}: the most frequent mistake is {label} taken for {prediction}, {percent share} of its images"

let reliabilityTitle (answers: Collections.Generic.KeyValuePair<string, ClassificationReport> list) =
    let best = answers |> List.minBy _.Value.CalibrationError
    $"{best.Key} is calibrated best, {Figure.number (100.0 * best.Value.CalibrationError) 1} points off"

let private frontTitle (points: TradeOffPoint list) what =
    let front = TradeOff.Front points
    let names = String.Join(", ", front |> Array.map _.Name)
    if front.Length = 1 then $"{names} is both the best and the {what}" else $"{front.Length} of {points.Length} are not beaten in accuracy and {what} at once"

let sizeTitle (result: BenchmarkResult) =
    frontTitle [ for row in Seq.distinctBy (fun (row: BenchmarkRow) -> row.Name, row.Format) result.Rows -> { Name = $"{row.Name} {row.Format}"; Cost = float row.FileBytes; Accuracy = row.Accuracy } ] "size"

let latencyTitle (result: BenchmarkResult) =
    frontTitle [ for row in result.Rows -> { Name = BenchmarkRows.label row; Cost = row.LatencyMilliseconds; Accuracy = row.Accuracy } ] "latency"

let ladderTitle (ladders: LadderResult list) =
    let lowest = ladders |> List.minBy _.WeightBits
    let first, last = lowest.Rungs[1], lowest.Rungs |> Seq.skip 1 |> Seq.maxBy _.Accuracy
    $"With {lowest.WeightBits}-bit weights the simplest way keeps {percent first.Accuracy}, the best ({last.Name.TrimStart('+', ' ')}) {percent last.Accuracy}, of {percent lowest.Rungs[0].Accuracy} in floating point"

let provenance (result: BenchmarkResult) (stages: (string * string * (string * JsonElement) list) list) (recipes: (string * string) list) =
    let runtimes = result.Rows |> Seq.map _.Runtime |> Seq.distinct
    let date = result.Date.ToString("yyyy-MM-dd HH:mm 'UTC'", Globalization.CultureInfo.InvariantCulture)
    let machine =
        Html.table 2 [ "what"; "value" ]
            [ [ "profile"; result.Profile ]; [ "seed"; string result.Seed ]; [ "measured"; date ]; [ "processor"; $"{result.Machine.Cpu}, {result.Machine.Cores} logical cores" ]
              [ "system"; result.Machine.OperatingSystem ]; [ "engine"; result.Machine.Engine ]; [ "runtimes"; String.Join("; ", runtimes) ]
              [ "report"; $".NET {Environment.Version}, {nameof DistillKit} {typeof<Profile>.Assembly.GetName().Version}" ] ]
    let figure (name: string, value: JsonElement) =
        let shown =
            match value.ValueKind with
            | JsonValueKind.Number when value.GetDouble() = Math.Round(value.GetDouble()) -> value.GetRawText()
            | JsonValueKind.Number -> Figure.number (value.GetDouble()) (if abs (value.GetDouble()) < 1.0 then 4 else 1)
            | _ -> string (value.GetString())
        $"{name} {shown}"
    let day (date: string) = if date.Length >= 16 then date.Substring(0, 16).Replace('T', ' ') else date
    let steps = Html.table 3 [ "stage"; "finished (UTC)"; "result" ] [ for stage, date, figures in stages -> [ stage; day date; String.Join(", ", List.map figure figures) ] ]
    let details = [ for name, json in recipes -> $"<details><summary>recipe: {Html.text name}</summary><pre>{Html.text json}</pre></details>\n" ]
    machine + steps + Html.all details
