using System.Text.RegularExpressions;

namespace DistillKit.Host.Execution;

/// <summary>What follows a magic command: options with a value, flags, and one value without an option's name.</summary>
internal sealed partial class CommandArguments
{
    private static readonly HashSet<string> Flags = ["--byref"];

    private readonly Dictionary<string, string> options = [];

    /// <summary>The value without an option's name; null when there is none.</summary>
    internal string? Implicit { get; private set; }

    /// <summary>The value of an option, an empty text for a flag; null when it is not given.</summary>
    internal string? this[string option] => options.GetValueOrDefault(option);

    /// <exception cref="HostException">An option has no value, or there are two values without an option.</exception>
    internal static CommandArguments Parse(IReadOnlyList<string> words, int line)
    {
        var arguments = new CommandArguments();
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            if (Flags.Contains(word)) arguments.options[word] = "";
            else if (word.StartsWith("--", StringComparison.Ordinal))
                arguments.options[word] = ++index < words.Count ? Unquoted(words[index]) : throw new HostException($"The option {word} needs a value.") { Line = line };
            else if (arguments.Implicit is null) arguments.Implicit = Unquoted(word);
            else throw new HostException($"'{word}' is one value too many.") { Line = line };
        }
        return arguments;
    }

    internal static string[] Split(string line) => [.. Words().Matches(line).Select(match => match.Value)];

    private static string Unquoted(string word) => word is ['"', .. var inner, '"'] ? inner.Replace("\\\"", "\"") : word;

    [GeneratedRegex("""
        "(\\.|[^"\\])*"|\S+
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Words();
}
