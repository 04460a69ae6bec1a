/// What the charts of a benchmark share: names, colours by network, and intervals.
module internal DistillKit.Charts.BenchmarkRows

open System
open DistillKit.Runs.Stages

/// What ran a file, in a word.
let runtime (row: BenchmarkRow) = if row.Runtime.StartsWith("Edge", StringComparison.Ordinal) then "Edge" else "ONNX Runtime"

let isInteger (row: BenchmarkRow) = row.Format.StartsWith("int", StringComparison.Ordinal)

let label (row: BenchmarkRow) = $"{row.Name} {row.Format}, {runtime row}"

/// One colour for each network, by its first row; the student that becomes an integer network has a colour of its own in each way.
let groups (rows: seq<BenchmarkRow>) = rows |> Seq.map (fun row -> $"{row.Name} {row.Format}") |> Seq.distinct |> Seq.toList

let groupOf (rows: seq<BenchmarkRow>) (row: BenchmarkRow) = groups rows |> List.findIndex ((=) $"{row.Name} {row.Format}")

/// Wilson's 95 % interval of a share that was counted on so many images (Wilson 1927, J. Am. Stat. Assoc. 22): how far below and above it.
let interval (share: float) (images: int) =
    let z, n = 1.959964, float images
    let center = (share + z * z / (2.0 * n)) / (1.0 + z * z / n)
    let half = z / (1.0 + z * z / n) * Math.Sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    share - (center - half), center + half - share
