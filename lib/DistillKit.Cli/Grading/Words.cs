using System.Text.RegularExpressions;

namespace DistillKit.Cli.Grading;

/// <summary>The names in code: which of them a solution must not use, and which a person should look at.</summary>
internal static partial class Words
{
    // Whoever reaches for these may do other things than the exercise asks for.
    private static readonly HashSet<string> Unusual =
    [
        "Activator", "Answers", "AppDomain", "Assembly", "AssemblyLoadContext", "BindingFlags", "CSharpScript",
        "DllImport", "DynamicMethod", "Environment", "Evidence", "Exercise", "ExerciseBook", "GetField", "GetMethod",
        "GetProperty", "Kernel", "KernelInvocationContext", "LibraryImport", "Marshal", "NativeLibrary",
        "NotebookSession", "Process", "Reflection", "Socket", "unsafe",
    ];

    /// <summary>The library's own answers to exercises, and what a test's notes name beside them: <c>"reserved": ["DistillationLoss"]</c>.
    /// </summary>
    internal static IEnumerable<string> Reserved(Cell test) =>
        ["Lessons", .. test.Notes?["reserved"] is JsonArray names ? names.Select(name => (string)name!) : []];

    /// <summary>The names of code that are none of its exercise's business.</summary>
    internal static IEnumerable<string> UnusualOf(string code) => Of(code).Where(Unusual.Contains);

    /// <summary>All names, without those in comments and texts.</summary>
    internal static IReadOnlySet<string> Of(string code) =>
        Name().Matches(Silent().Replace(code, " ")).Select(match => match.Value).ToHashSet();

    /// <summary>The code's parts one after the other: names, numbers, signs.</summary>
    internal static IEnumerable<string> Tokens(string code) => Token().Matches(Silent().Replace(code, " ")).Select(match => match.Value);

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])+'""", RegexOptions.Singleline)]
    private static partial Regex Silent();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\w+|[^\s\w]")]
    private static partial Regex Token();
}
