namespace DistillKit;

/// <summary>A failure that the person at the keyboard can fix. <see cref="Exception.Message"/> is one line: what happened, and what to do.
/// Programs show that line without a stack trace; the inner exception keeps the details. Names from files cannot control a
/// terminal.</summary>
public sealed class UserException(string message, Exception? inner = null) : Exception(PlainText.Of(message), inner);

/// <summary>Text from outside, such as names from files, for a line on a terminal.</summary>
public static class PlainText
{
    /// <summary>The text on one line, with a replacement character for each one that would control a terminal or turn the direction of
    /// writing.</summary>
    /// <param name="most">The number of characters after which it is cut off.</param>
    public static string Of(string text, int most = int.MaxValue)
    {
        var plain = string.Concat(text.ReplaceLineEndings(" ").Select(character => IsPlain(character) ? character : '\uFFFD'));
        return plain.Length > most ? plain[..most] + "…" : plain;
    }

    private static bool IsPlain(char character) =>
        !char.IsControl(character) && character is not (>= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069');
}
