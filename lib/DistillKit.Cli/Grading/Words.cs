using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DistillKit.Cli.Grading;

/// <summary>The names in code, as the compiler reads them: which of them a solution must not use, and which a person should look at.
/// </summary>
internal static class Words
{
    private static readonly CSharpParseOptions Script = new(LanguageVersion.Preview, kind: SourceCodeKind.Script);

    // Whoever reaches for these may do other things than the exercise asks for.
    private static readonly HashSet<string> Unusual =
    [
        "Activator", "Answers", "AppDomain", "Assembly", "AssemblyLoadContext", "BindingFlags", "CSharpScript",
        "DllImport", "DynamicInvoke", "DynamicMethod", "Environment", "Evidence", "Exercise", "ExerciseBook", "GetField", "GetMembers",
        "GetMethod", "GetMethods", "GetProperty", "GetRuntimeMethods", "GetTypes", "InvokeMember", "Kernel", "KernelInvocationContext",
        "LibraryImport", "Marshal", "MethodInfo", "NativeLibrary", "NotebookSession", "Process", "Reflection", "Socket", "unsafe",
    ];

    /// <summary>The class of the library that answers exercises.</summary>
    internal const string Lessons = "Lessons";

    /// <summary>What knows the right answers, and says as often as one asks whether a guess is one.</summary>
    internal static IReadOnlyList<string> OfChecks { get; } = ["Check", "ExerciseBook"];

    /// <summary>The library's own answers to exercises, and what a test's notes name beside them: <c>"reserved": ["DistillationLoss"]</c>.
    /// </summary>
    internal static IEnumerable<string> Reserved(Cell test) =>
        [Lessons, .. test.Notes?["reserved"] is JsonArray names ? names.Select(name => (string)name!) : []];

    /// <summary>The names of code that are none of its exercise's business.</summary>
    internal static IEnumerable<string> UnusualOf(string code) => Of(code).Where(Unusual.Contains);

    /// <summary>All names, without those in comments and texts.</summary>
    internal static IReadOnlySet<string> Of(string code) =>
        Parts(code).Where(part => part.IsKind(SyntaxKind.IdentifierToken) || part.IsKeyword()).Select(part => part.ValueText).ToHashSet();

    /// <summary>The functions, variables and types that a cell leaves to the cells after it.</summary>
    internal static IEnumerable<string> Declared(string code) => Root(code).Members.SelectMany(member => member switch
    {
        MethodDeclarationSyntax function => [function.Identifier.ValueText],
        FieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.ValueText),
        BaseTypeDeclarationSyntax type => (IEnumerable<string>)[type.Identifier.ValueText],
        _ => [],
    });

    /// <summary>The code's parts one after the other (names, numbers, signs), each also with a name replaced by the number of the place
    /// where it first stands.</summary>
    internal static IEnumerable<(string Text, string Renamed)> Tokens(string code)
    {
        var names = new Dictionary<string, string>();
        foreach (var part in Parts(code))
        {
            var isName = part.IsKind(SyntaxKind.IdentifierToken);
            if (isName) names.TryAdd(part.ValueText, $"n{names.Count}");
            yield return (part.ValueText, isName ? names[part.ValueText] : part.ValueText);
        }
    }

    private static IEnumerable<SyntaxToken> Parts(string code) => Root(code).DescendantTokens().Where(part => part.Text.Length > 0);

    private static CompilationUnitSyntax Root(string code) => CSharpSyntaxTree.ParseText(code, Script).GetCompilationUnitRoot();
}
