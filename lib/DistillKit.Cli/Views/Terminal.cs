using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>What every text for people passes on its way to the terminal. Texts from files may hold control characters, which would move
/// the cursor, change colours or hide what is written; they are never markup; and where a line is too long no number is cut.</summary>
internal static class Terminal
{
    /// <summary>Takes everything as it is: JSON, and what cells of notebooks write.</summary>
    internal static TextWriter Raw { get; private set; } = Console.Out;

    private static TextWriter rawError = Console.Error;

    /// <summary>Sends what the program writes from now on through here.</summary>
    internal static void Open()
    {
        (Raw, rawError) = (Console.Out, Console.Error);
        AnsiConsole.Console = AnsiConsole.Create(new() { Out = new Screen(Raw) });
        Console.SetOut(new PlainWriter(Raw, () => Console.IsOutputRedirected ? int.MaxValue : Width));
        Console.SetError(new PlainWriter(rawError, () => Console.IsErrorRedirected ? int.MaxValue : Width));
    }

    /// <summary>Says on standard error what nobody may overlook.</summary>
    internal static void Warn(string text)
    {
        var (loud, quiet) = Console.IsErrorRedirected ? ("", "") : ("\u001b[1;31m", "\u001b[0m");
        rawError.WriteLine($"{loud}distillkit: WARNING: {PlainText.Of(text)}{quiet}");
    }

    /// <summary>The beginning of a text that fits into some columns; it ends with a whole part, so that no number is cut.</summary>
    internal static string Fit(string text, int room)
    {
        if (text.Length <= room) return text;
        int LastOf(string end) => text[..Math.Clamp(room + end.Length, 0, text.Length)].LastIndexOf(end, StringComparison.Ordinal);
        var cut = new[] { ", ", "  ", "; " }.Max(LastOf);
        if (cut <= 0) cut = LastOf(" ");
        return cut <= 0 ? "" : text[..cut].TrimEnd();
    }

    /// <summary>Parts in lines that fit into some columns; a part that does not fit has a line of its own.</summary>
    internal static IEnumerable<string> Wrapped(IEnumerable<string> parts, int width, string between)
    {
        var (line, end) = ("", between.TrimEnd());
        foreach (var part in parts)
        {
            if (line.Length == 0 || line.Length + between.Length + part.Length + end.Length <= width)
            {
                line += (line.Length == 0 ? "" : between) + part;
                continue;
            }
            yield return line + end;
            line = part;
        }
        yield return line;
    }

    /// <summary>One thing, or several.</summary>
    internal static string Count(int count, string what) => $"{count:n0} {what}{(count == 1 ? "" : "s")}";

    private static int Width => AnsiConsole.Profile.Width;

    private sealed class PlainWriter(TextWriter inner, Func<int> width) : TextWriter
    {
        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => inner.Write(value == '\n' ? "\n" : PlainText.Of($"{value}"));

        public override void WriteLine(string? value)
        {
            var most = width();
            foreach (var line in (value ?? "").Split('\n').Select(line => PlainText.Of(line)))
            {
                if (line.Length <= most) inner.WriteLine(line);
                else foreach (var part in Wrapped(line.Split(' '), most, " ")) inner.WriteLine(part);
            }
        }

        public override void Flush() => inner.Flush();
    }

    // Spectre's own takes only Console.Out for a terminal, which is another writer by now.
    private sealed class Screen(TextWriter writer) : IAnsiConsoleOutput
    {
        private readonly AnsiConsoleOutput original = new(writer);

        public TextWriter Writer => original.Writer;

        public bool IsTerminal => !Console.IsOutputRedirected;

        public int Width => original.Width;

        public int Height => original.Height;

        public void SetEncoding(Encoding encoding) => original.SetEncoding(encoding);
    }
}
