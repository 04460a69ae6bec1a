using System.Text;

namespace DistillKit.Host.Execution;

/// <summary>A piece of a cell: code for one language, or a magic command.</summary>
/// <param name="Language">Whose code it is, or to whom the command is given.</param>
/// <param name="Line">The line of the cell on which it begins, from 1.</param>
internal abstract record Piece(string Language, int Line);

/// <summary>Code of a language; it has as many empty lines before it as the cell has lines, so that line numbers are the cell's.</summary>
internal sealed record Code(string Language, int Line, string Text) : Piece(Language, Line);

/// <summary>A magic command: its name, with <c>#!</c>, and what follows it.</summary>
internal sealed record Command(string Language, int Line, string Name, CommandArguments Arguments) : Piece(Language, Line);

/// <summary>Takes cells apart, as .NET Interactive does: a line that begins with <c>#!</c> is a magic command; that of a language holds for the lines after it.</summary>
internal static class Submission
{
    private static readonly HashSet<string> Commands = ["#!set", "#!share", "#!time", "#!who", "#!whos"];

    /// <exception cref="HostException">There is no such command.</exception>
    internal static IReadOnlyList<Piece> Parse(string cell, string language)
    {
        var pieces = new List<Piece>();
        var lines = cell.Split('\n');
        var first = 0;
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index].TrimEnd();
            if (!line.StartsWith("#!", StringComparison.Ordinal)) continue;
            var words = CommandArguments.Split(line);
            var next = LanguageName.Find(words[0][2..]);
            // In a text, a line like "#!/bin/sh" is a part of it.
            if (next is null && !Commands.Contains(words[0]) && LanguageName.IsText(language)) continue;
            Add(index);
            first = index + 1;
            if (next is not null) language = next;
            else if (Commands.Contains(words[0])) pieces.Add(new Command(language, index + 1, words[0], CommandArguments.Parse(words[1..], index + 1)));
            else throw new HostException($"There is no magic command {words[0]} here: {string.Join(' ', LanguageName.All.Select(name => "#!" + name).Concat(Commands))}.") { Line = index + 1 };
        }
        Add(lines.Length);
        return pieces;

        void Add(int end)
        {
            if (lines[first..end].All(string.IsNullOrWhiteSpace)) return;
            var text = new StringBuilder().Append('\n', LanguageName.IsText(language) ? 0 : first).AppendJoin('\n', lines[first..end]);
            pieces.Add(new Code(language, first + 1, text.ToString()));
        }
    }
}

/// <summary>The languages of cells, and their other names.</summary>
internal static class LanguageName
{
    internal const string CSharp = "csharp";
    internal const string FSharp = "fsharp";
    internal const string Markdown = "markdown";
    internal const string Html = "html";

    internal static IReadOnlyList<string> All { get; } = [CSharp, FSharp, Markdown, Html];

    /// <summary>The language of a name: of a magic command, a kernel, a notebook's metadata; null when there is none of that name.</summary>
    internal static string? Find(string name) => name.ToLowerInvariant() switch
    {
        "csharp" or "c#" or ".net-csharp" or "dotnet-interactive.csharp" or "polyglot-notebook.csharp" => CSharp,
        "fsharp" or "f#" or ".net-fsharp" or "dotnet-interactive.fsharp" or "polyglot-notebook.fsharp" => FSharp,
        "markdown" or "md" => Markdown,
        "html" or "htm" => Html,
        _ => null,
    };

    /// <summary>Whether it is a text to show rather than to run.</summary>
    internal static bool IsText(string language) => language is Markdown or Html;
}
