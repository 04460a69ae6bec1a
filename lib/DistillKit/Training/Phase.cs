using System.Text.Json.Serialization;

namespace DistillKit.Training;

/// <summary>Some epochs at one resolution.</summary>
/// <param name="Epochs">How many.</param>
/// <param name="Resolution">Height and width of the images in pixels; null for their own.</param>
/// <param name="Restart">
/// A warm restart (Loshchilov and Hutter 2017, arXiv:1608.03983): the best weights so far are trained on with fresh momentum, and every schedule begins anew and ends with
/// the next restart or the training, the learning rate at this share of its peak. Null to go on. A recipe whose training has finished may be made longer by such a phase at its end.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Phase(int Epochs, int? Resolution = null, double? Restart = null);

/// <summary>The epochs from one restart to the next, or to the end.</summary>
/// <param name="FirstEpoch">The first of them, counted from 0.</param>
/// <param name="Epochs">How many.</param>
/// <param name="Peak">The share of the recipe's learning rate that is their peak.</param>
internal readonly record struct Cycle(int FirstEpoch, int Epochs, double Peak = 1);
