using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Fusion;

/// <summary>The shape of one image's value. Flattening only sets a mark, because values lie in memory as NHWC and stay there.</summary>
internal readonly record struct Shape(int Channels, int Height, int Width, bool IsFlat = false)
{
    public int Pixels => Height * Width;

    public int Elements => Channels * Height * Width;

    /// <summary>The shape, unless it is empty or so large that the file can only be hostile.</summary>
    public static Shape Of(long channels, long height, long width, Func<string, EdgeException> error) =>
        IsExtent(channels) && IsExtent(height) && IsExtent(width) && channels * height * width <= Limits.ValueElements
            ? new((int)channels, (int)height, (int)width)
            : throw error($"a value of shape [{channels}, {height}, {width}] is empty or too large");

    public override string ToString() => IsFlat ? $"[{Elements}]" : $"[{Channels}, {Height}, {Width}]";

    private static bool IsExtent(long extent) => extent is >= 1 and <= Limits.Extent;
}
