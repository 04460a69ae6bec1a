/// <summary>The figures of a benchmark as texts: one table for the terminal, the notebook and the report.</summary>
module DistillKit.Charts.BenchmarkTable

open System.Globalization
open DistillKit.Runs.Benchmarks
open DistillKit.Runs.Stages

/// <summary>A machine's processor with its cores.</summary>
let Processor (machine: MachineInfo) : string = $"{machine.Cpu}, {machine.Cores} " + if machine.Cores = 1 then "core" else "cores"

let private number format (value: float) (unit: string) = value.ToString((format: string), CultureInfo.InvariantCulture) + unit

let private columns: (string * (BenchmarkRow -> string)) list =
    [ "network", _.Name
      "numbers", _.Format
      "runtime", _.Runtime
      "test", (fun row -> number "f2" (100.0 * row.Accuracy) " %")
      "ECE", (fun row -> number "f1" (100.0 * row.CalibrationError) " %")
      "MACs", (fun row -> number "f1" (float row.MultiplyAccumulates / 1e6) " M")
      "file", (fun row -> number "f2" (float row.FileBytes / 1e6) " MB")
      "latency", (fun row -> number "f3" row.LatencyMilliseconds " ms")
      "p95", (fun row -> number "f3" row.LatencyP95Milliseconds " ms")
      "throughput", (fun row -> number "n0" row.ImagesPerSecond "/s")
      "memory", (fun row -> if row.PeakMemoryBytes.HasValue then number "f0" (float row.PeakMemoryBytes.Value / 1e6) " MB" else "")
      "made in", (fun row -> number "f0" row.Seconds " s") ]

/// <summary>How many of the columns hold words; the others hold numbers.</summary>
let Words = 3

/// <summary>The names of the columns.</summary>
let Header: string[] = [| for name, _ in columns -> name |]

/// <summary>A row for each file and runtime.</summary>
let Rows (result: BenchmarkResult) : string[][] = [| for row in result.Rows -> [| for _, cell in columns -> cell row |] |]
