/// What a finished run has left in its folder.
module internal DistillKit.Charts.RunFolder

open System
open System.Buffers.Binary
open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open DistillKit
open DistillKit.Runs.Stages
open DistillKit.Training

let private web = JsonSerializerOptions JsonSerializerDefaults.Web

let private indented = JsonSerializerOptions(WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

let private read (path: string) (parse: string -> 'T) : 'T =
    try parse (File.ReadAllText path)
    with
    | :? IOException | :? UnauthorizedAccessException as error -> raise (UserException($"Cannot read {path}: {error.Message}", error))
    | :? JsonException as error -> raise (UserException($"{path} is damaged: {error.Message} Delete it and run again.", error))

let private pretty (json: string) =
    use document = JsonDocument.Parse json
    JsonSerializer.Serialize(document.RootElement, indented)

/// The figures of the run.
let benchmark (folder: string) =
    let path = Path.Combine(folder, "benchmark.json")
    if not (File.Exists path) then raise (UserException $"There is no finished run in {folder}: it has no benchmark.json. Run the pipeline to its end first.")
    match read path (fun text -> JsonSerializer.Deserialize<BenchmarkResult>(text, web)) with
    | null -> raise (UserException $"{path} is empty: delete it and run again.")
    | result when result.TestImages < 1 || result.Rows.Count = 0 -> raise (UserException $"{path} was written by an older version: delete it and run again.")
    | result -> result

/// How its networks answered the test set; none from a run of an older version.
let testReports (folder: string) =
    let path = Path.Combine(folder, TestReport.FileName)
    if not (File.Exists path) then []
    else
        match read path (fun text -> JsonSerializer.Deserialize<TestReport[]>(text, web)) with
        | null -> []
        | reports -> List.ofArray reports

/// The stages in their order, then any others.
let private order = [ "teacher"; "baseline"; "distill"; "ptq"; "qat"; "export"; "benchmark" ]

let private stagesWith (file: string) (folder: string) =
    [ for stage in Directory.GetDirectories folder do if File.Exists(Path.Combine(stage, file)) then string (Path.GetFileName stage) ]
    |> List.sortBy (fun stage -> (match List.tryFindIndex ((=) stage) order with Some place -> place | None -> order.Length), stage)

/// The trainings that have logged.
let trainings (folder: string) = [ for stage in stagesWith MetricsLog.FileName folder -> TrainingRun.Read(stage, Path.Combine(folder, stage, MetricsLog.FileName)) ]

/// A stage: its name, when it finished, and the plain figures of its result.
let stages (folder: string) =
    [ for stage in stagesWith "stage.json" folder ->
          read (Path.Combine(folder, stage, "stage.json")) (fun text ->
              use document = JsonDocument.Parse text
              let date = match document.RootElement.TryGetProperty "date" with true, value -> string (value.GetString()) | _ -> ""
              let figures =
                  match document.RootElement.TryGetProperty "result" with
                  | true, result when result.ValueKind = JsonValueKind.Object ->
                      [ for property in result.EnumerateObject() do
                            if property.Value.ValueKind = JsonValueKind.Number || property.Value.ValueKind = JsonValueKind.String then property.Name, property.Value.Clone() ]
                  | _ -> []
              stage, date, figures) ]

/// The ladders that have been climbed.
let ladders (folder: string) =
    [ for stage in stagesWith "stage.json" folder do
          if stage.StartsWith("ladder-", StringComparison.Ordinal) then
              read (Path.Combine(folder, stage, "stage.json")) (fun text ->
                  use document = JsonDocument.Parse text
                  match document.RootElement.GetProperty("result").Deserialize<LadderResult> web with
                  | null -> raise (JsonException "it has no result.")
                  | result -> result) ]

/// The metadata of a safetensors file: the length of the header, and the header as JSON.
let private metadata (path: string) =
    try
        use file = File.OpenRead path
        let length = Array.zeroCreate<byte> 8
        file.ReadExactly length
        let header = Array.zeroCreate<byte> (int (Math.Min(BinaryPrimitives.ReadInt64LittleEndian length, file.Length - 8L)))
        file.ReadExactly header
        use document = JsonDocument.Parse header
        match document.RootElement.TryGetProperty "__metadata__" with
        | true, found -> [ for entry in found.EnumerateObject() -> entry.Name, string (entry.Value.GetString()) ]
        | _ -> []
    with
    | :? IOException | :? UnauthorizedAccessException as error -> raise (UserException($"Cannot read {path}: {error.Message}", error))
    | :? JsonException | :? OverflowException as error -> raise (UserException($"{path} is no safetensors file: {error.Message}", error))

/// The recipes as JSON: the profile, where the run has written it, and what each network was trained with, out of its file.
let recipes (folder: string) =
    [ let profile = Path.Combine(folder, "profile.json")
      if File.Exists profile then "profile", read profile pretty
      for stage in stagesWith "model.safetensors" folder do
          match List.tryFind (fst >> (=) "recipe") (metadata (Path.Combine(folder, stage, "model.safetensors"))) with
          | Some(_, recipe) -> stage, (try pretty recipe with :? JsonException -> recipe)
          | None -> () ]
