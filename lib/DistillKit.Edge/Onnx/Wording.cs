namespace DistillKit.Edge.Onnx;

/// <summary>How errors quote what a file says.</summary>
internal static class Wording
{
    private const int Longest = 60;

    /// <summary>A name from a file, in quotes, on one line, of readable length.</summary>
    public static string Quoted(string name) => $"'{Plain(name)}'";

    /// <summary>The same without quotes.</summary>
    public static string Plain(string name) => string.Concat(
        name.Take(Longest).Select(c => IsUnprintable(c) ? '?' : c)) + (name.Length > Longest ? "..." : "");

    /// <summary>A shape as in <c>[3, 32, 32]</c>.</summary>
    public static string Of(int[] shape) => $"[{string.Join(", ", shape)}]";

    private static bool IsUnprintable(char c) => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029';
}
