namespace DistillKit.Edge;

/// <summary>Where the time of a run went: one operator.</summary>
/// <param name="Name">The name of the file's node.</param>
/// <param name="Kind">What it does, and in which numbers: <c>depthwise 3x3/2, int8</c>.</param>
/// <param name="Shape">The shape of its result for one image: <c>[96, 16, 16]</c>.</param>
/// <param name="MultiplyAccumulates">For one image.</param>
/// <param name="Time">For all images, the median of the repetitions.</param>
public sealed record OperatorProfile(string Name, string Kind, string Shape, long MultiplyAccumulates, TimeSpan Time);
