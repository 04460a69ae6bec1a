namespace DistillKit.Edge.Onnx;

/// <summary>How errors quote what a file says.</summary>
internal static class Wording
{
    private const int Longest = 60;

    /// <summary>A name from a file, in quotes, on one line, of readable length.</summary>
    public static string Quoted(string name) => $"'{Plain(name)}'";

    /// <summary>The same without quotes.</summary>
    public static string Plain(string name)
    {
        var text = name.Length <= Longest ? name : string.Concat(name.AsSpan(0, Longest), "...");
        return string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = IsUnprintable(source[i]) ? '?' : source[i];
        });
    }

    /// <summary>A shape as in <c>[3, 32, 32]</c>.</summary>
    public static string Of(ReadOnlySpan<int> shape)
    {
        var text = "[";
        for (var i = 0; i < Math.Min(shape.Length, 8); i++)
            text += (i == 0 ? "" : ", ") + shape[i].ToString(CultureInfo.InvariantCulture);
        return text + (shape.Length > 8 ? ", ...]" : "]");
    }

    private static bool IsUnprintable(char c) => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029';
}
