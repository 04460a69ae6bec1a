using DistillKit.Runs.Benchmarks;

namespace DistillKit.Runs.Experiments;

/// <summary>What a run came to, with its provenance.</summary>
/// <param name="Id">The run.</param>
/// <param name="Recipe">Its recipe.</param>
/// <param name="Grid">Its values of the grid.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Accuracy">By the experiment's metric, in [0, 1].</param>
/// <param name="ValidationAccuracy">Of the best validation, in [0, 1].</param>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="Pixels">The pixels of all images that the training showed.</param>
/// <param name="Seconds">Time in training and validation, interruptions left out.</param>
/// <param name="ComputeType">The type in which convolutions computed.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Version">Of this library.</param>
/// <param name="Date">When it ended.</param>
public sealed record RunResult(
    string Id, string Recipe, IReadOnlyList<GridValue> Grid, ulong Seed, double Accuracy, double ValidationAccuracy, int Epochs, double Pixels, double Seconds, string ComputeType,
    MachineInfo Machine, string Version, DateTimeOffset Date);
