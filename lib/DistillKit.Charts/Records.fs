namespace DistillKit.Charts

open System.Collections.Generic

/// <summary>A line of a chart: as many places as values, which are finite.</summary>
type Curve = { Name: string; Places: IReadOnlyList<float>; Values: IReadOnlyList<float> }

/// <summary>What an experiment says about one recipe: the mean over the seeds, its 95 % interval, and the single runs, if any.</summary>
type Estimate = { Name: string; Mean: float; Low: float; High: float; Runs: IReadOnlyList<float> }

/// <summary>One way to make a network: what it costs, which is to be small, and its accuracy, in [0, 1].</summary>
type TradeOffPoint = { Name: string; Cost: float; Accuracy: float }

/// <summary>
/// One way to quantize a network, by what it adds to the one before, and what it comes to: accuracy on the validation images, in [0, 1],
/// size of the ONNX file, of weights and biases packed to their bits, and time to quantize.
/// </summary>
type Rung = { Name: string; Accuracy: float; FileBytes: int64; PackedBytes: int64; Seconds: float }

/// <summary>The rungs from the network in floating point to the best integer one, for one number of bits of the weights.</summary>
type LadderResult = { WeightBits: int; Rungs: IReadOnlyList<Rung> }

/// <summary>A report that has been written: where it is, and how many charts it has.</summary>
type ReportFile = { Path: string; Charts: int }
