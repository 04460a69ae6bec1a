/// What a finished run has left in its folder, read as the records that wrote it.
module internal DistillKit.Charts.RunFolder

open System
open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open System.Text.Json.Nodes
open DistillKit
open DistillKit.Files
open DistillKit.Runs.Stages
open DistillKit.Training

let private web =
    JsonSerializerOptions(JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)

let private read<'T when 'T: not struct> (path: string) : 'T =
    let damaged (what: string) (error: exn | null) = UserException($"{path} is damaged: {what} Delete it and run again.", error)
    try
        match JsonSerializer.Deserialize<'T>(File.ReadAllText path, web) with
        | null -> raise (damaged "it is empty." null)
        | value -> value
    with
    | :? IOException | :? UnauthorizedAccessException as error -> raise (UserException($"Cannot read {path}: {error.Message}", error))
    | :? JsonException as error -> raise (damaged error.Message error)

let benchmark (folder: string) =
    let name = BenchmarkResult.FileName
    let path = Path.Combine(folder, name)
    if not (File.Exists path) then
        raise (UserException $"There is no finished run in {folder}: it has no {name}. Run the pipeline to its end first.")
    BenchmarkResult.Read path

/// How its networks answered the test set; none from a run of an older version.
let testReports (folder: string) =
    let path = Path.Combine(folder, TestReport.FileName)
    if File.Exists path then List.ofArray (read<TestReport[]> path) else []

/// The stages in their order, then any others.
let private stagesWith (file: string) (folder: string) =
    let order = List.ofSeq StageNames.All
    [ for stage in Directory.GetDirectories folder do if File.Exists(Path.Combine(stage, file)) then string (Path.GetFileName stage) ]
    |> List.sortBy (fun stage -> List.tryFindIndex ((=) stage) order |> Option.defaultValue order.Length, stage)

let trainings (folder: string) =
    [ for stage in stagesWith MetricsLog.FileName folder -> TrainingHistory.Read(stage, Path.Combine(folder, stage, MetricsLog.FileName)) ]

/// What a stage came to: its name, when it finished, and the figures of its record by their names.
type StageFigures = { Stage: string; Date: DateTimeOffset; Figures: string list }

let stages (folder: string) =
    let figure (name: string) (value: JsonNode | null) =
        match value with
        | :? JsonValue as value when value.GetValueKind() = JsonValueKind.Number ->
            let number = value.GetValue<float>()
            let digits = if number = Math.Round number then 0 elif abs number < 1.0 then 4 else 1
            [ $"{name} {Figure.number number digits}" ]
        | :? JsonValue as value -> [ $"{name} {value}" ]
        | _ -> []
    [ for name in stagesWith "stage.json" folder ->
          let finished = read<FinishedStage<JsonObject>> (Path.Combine(folder, name, "stage.json"))
          { Stage = name; Date = finished.Date; Figures = [ for pair in finished.Result do yield! figure pair.Key pair.Value ] } ]

/// What each network was trained with, as JSON, out of its file.
let recipes (folder: string) =
    let indented = JsonSerializerOptions(WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
    [ for stage in stagesWith "model.safetensors" folder do
          match Safetensors.LoadMetadata(Path.Combine(folder, stage, "model.safetensors")).TryGetValue "recipe" with
          | true, recipe -> stage, (JsonNode.Parse recipe |> nonNull).ToJsonString indented
          | _ -> () ]
