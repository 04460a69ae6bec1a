namespace DistillKit.Cli;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageError
{
    public static string? Describe(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
            return null;
        var command = parsed.CommandResult.Command;
        var path = PathOf(command);
        if (parsed.UnmatchedTokens is not [var token, ..])
            return $"{parsed.Errors[0].Message.TrimEnd('.')}; `./{path} --help` says more";

        var kind = token.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "verb" : "argument";
        var names = command.Subcommands.Select(verb => verb.Name).Concat(command.Options.Select(option => option.Name));
        var meant = Nearest(token, names.Where(name => name.StartsWith('-') == token.StartsWith('-')));
        return $"`{path}` has no {kind} '{token}'" + (meant is null ? $"; `./{path} --help` says more" : $"; did you mean '{meant}'?");
    }

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : command.Name;

    private static string? Nearest(string token, IEnumerable<string> names) => names
        .Select(name => (name, distance: name.StartsWith(token, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(token, name)))
        .Where(candidate => candidate.distance <= Math.Max(1, token.Length / 3))
        .OrderBy(candidate => candidate.distance)
        .Select(candidate => candidate.name)
        .FirstOrDefault();

    /// <summary>The number of letters to insert, delete or replace (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
