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

    /// <summary>Ends of lines, control characters, what turns the direction of text, and what has no picture.</summary>
    private static bool IsUnprintable(char c) => char.GetUnicodeCategory(c)
        is (>= UnicodeCategory.LineSeparator and <= UnicodeCategory.PrivateUse) or UnicodeCategory.OtherNotAssigned;
}
