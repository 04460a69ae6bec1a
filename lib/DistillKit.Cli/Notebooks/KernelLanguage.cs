namespace DistillKit.Cli.Notebooks;

/// <summary>The kernel's name of a language that notebooks name in several ways.</summary>
internal static class KernelLanguage
{
    internal const string CSharp = "csharp";

    private static readonly string[] Prefixes = ["polyglot-notebook", "dotnet-interactive", ".net"];

    /// <summary>The kernel's name of the first language that says one.</summary>
    /// <param name="names">
    /// What Jupyter and VS Code write: <c>C#</c>, <c>.net-fsharp</c>, <c>polyglot-notebook.fsharp</c>. A bare
    /// <c>polyglot-notebook</c> names no language.
    /// </param>
    internal static string? FirstOf(params ReadOnlySpan<string?> names)
    {
        foreach (var name in names)
        {
            var language = (name ?? "").ToLowerInvariant();
            foreach (var prefix in Prefixes)
                if (language.StartsWith(prefix, StringComparison.Ordinal)) language = language[prefix.Length..].TrimStart('.', '-');
            language = language switch { "c#" => CSharp, "f#" => "fsharp", _ => language };
            if (language.Length > 0) return language;
        }
        return null;
    }
}
