using System.Text;

namespace Microsoft.Data.Analysis;

/// <summary>
/// Splits text into lines of fields: fields may stand in quotes and then span lines, white space around them is left out, and so are
/// blank lines, even between quotes.
/// </summary>
internal static class CsvReader
{
    public static IEnumerable<string[]> Lines(TextReader reader, char separator)
    {
        long number = 0;
        while (NextLine() is { } line)
        {
            var first = number;
            List<string> fields = [];
            int? at = 0;
            while (at is { } start) fields.Add(Field(ref line, start, out at).Trim());
            yield return [.. fields];

            string Field(ref string text, int start, out int? next)
            {
                var quote = start;
                while (quote < text.Length && text[quote] != separator && char.IsWhiteSpace(text[quote])) quote++;
                if (quote < text.Length && text[quote] == '"') return Quoted(ref text, quote + 1, out next);
                var end = text.IndexOf(separator, start);
                next = end < 0 ? null : end + 1;
                return end < 0 ? text[start..] : text[start..end];
            }

            string Quoted(ref string text, int start, out int? next)
            {
                var field = new StringBuilder();
                for (var i = start; ; i++)
                {
                    while (i >= text.Length)
                    {
                        text = NextLine() ?? throw Malformed(first);
                        field.Append('\n');
                        i = 0;
                    }
                    if (text[i] != '"') field.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
                    else
                    {
                        var end = text.IndexOf(separator, i);
                        if (!string.IsNullOrWhiteSpace(text[(i + 1)..(end < 0 ? text.Length : end)])) throw Malformed(first);
                        next = end < 0 ? null : end + 1;
                        return field.ToString();
                    }
                }
            }
        }

        string NextLine()
        {
            while (reader.ReadLine() is { } line)
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line)) return line;
            }
            return null;
        }
    }

    /// <summary>The type that all values but the empty ones agree on: truth values, numbers, dates, or else text.</summary>
    public static Type GuessType(IEnumerable<string> values)
    {
        Type type = null;
        foreach (var value in values)
        {
            if (string.IsNullOrEmpty(value) || value.Equals("null", StringComparison.OrdinalIgnoreCase)) continue;
            var kind = bool.TryParse(value, out _) ? typeof(bool)
                : float.TryParse(value, out _) ? typeof(float)
                : DateTime.TryParse(value, out _) ? typeof(DateTime)
                : typeof(string);
            type = type is null ? kind : Common(type, kind);
        }
        return type ?? typeof(string);
    }

    // As in the package, which then refuses the values that do not convert.
    static Type Common(Type left, Type right) =>
        new[] { typeof(string), typeof(float), typeof(bool) }.FirstOrDefault(type => type == left || type == right) ?? typeof(DateTime);

    static FormatException Malformed(long line) => new($"Line {line} cannot be parsed with the current Delimiters.");
}
