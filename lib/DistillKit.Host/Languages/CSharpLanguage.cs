using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;

namespace DistillKit.Host.Languages;

/// <summary>C# by Roslyn's scripting, with the usings and references that .NET Interactive's C# kernel gives.</summary>
internal sealed class CSharpLanguage : ILanguage
{
    private readonly ScriptOptions options;
    private readonly string folder;
    private readonly ErrorText errors;
    private ScriptState<object>? state;

    /// <param name="folder">The notebook's folder, from which <c>#r</c> and <c>#load</c> search.</param>
    /// <param name="errors">Writes errors.</param>
    internal CSharpLanguage(string folder, ErrorText errors)
    {
        (this.folder, this.errors) = (folder, errors);
        options = ScriptOptions.Default
            .WithLanguageVersion(LanguageVersion.Latest)
            .WithImports("System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq")
            .AddReferences(typeof(Enumerable).Assembly, typeof(Kernel).Assembly, typeof(DisplayedValue).Assembly, typeof(PocketView).Assembly)
            .WithMetadataResolver(new Resolver(ScriptMetadataResolver.Default.WithBaseDirectory(folder)))
            .WithSourceResolver(new SourceFileResolver([], folder))
            // With debug information, exceptions know their line; without optimization a loop in a cell would take several times as long.
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8)
            .WithOptimizationLevel(OptimizationLevel.Release);
    }

    public IReadOnlyList<Variable> Variables =>
        [.. (state?.Variables ?? []).GroupBy(variable => variable.Name).Select(group => group.Last()).Select(last => new Variable(last.Name, last.Type, last.Value))];

    public async Task<Answer> RunAsync(string code, string place, CancellationToken cancellation)
    {
        try
        {
            await StartAsync();
            var script = state!.Script.ContinueWith<object>(code, options.WithFilePath(Path.Combine(folder, place)));
            state = await script.RunFromAsync(state, catchException: _ => true, cancellation);
            if (state.Exception is { } exception) return new(errors.Of(exception, place));
            return HasValue(script) ? new(Error: null, HasValue: true, state.ReturnValue) : new(Error: null);
        }
        catch (CompilationErrorException error)
        {
            return new(errors.Of([.. error.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(Problem)], place));
        }
    }

    public async Task SetAsync(string name, Type type, object? value)
    {
        await StartAsync();
        state = await state!.ContinueWithAsync($"{CSharpTypeName.Of(type)} {name} = default;", options);
        state.GetVariable(name).Value = value;
    }

    // The usings of a kernel that has just started.
    private async Task StartAsync() => state ??= await CSharpScript.Create<object>($"using static {typeof(Kernel).FullName};", options).RunAsync();

    /// <summary>Whether a piece ends in an expression without semicolon that is not void, or returns something.</summary>
    private static bool HasValue(Script script)
    {
        var compilation = script.GetCompilation();
        // A file that is loaded comes before the piece, and its last expression is no result.
        var tree = compilation.SyntaxTrees.Last();
        return tree.GetCompilationUnitRoot().Members.LastOrDefault() switch
        {
            GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } statement } =>
                compilation.GetSemanticModel(tree).GetTypeInfo(statement.Expression).Type is { SpecialType: not SpecialType.System_Void },
            GlobalStatementSyntax { Statement: ReturnStatementSyntax { Expression: not null } } => true,
            _ => false,
        };
    }

    private static Problem Problem(Diagnostic diagnostic)
    {
        var span = diagnostic.Location.GetMappedLineSpan();
        var (line, column) = (span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1);
        return new(span.Path, line, column, diagnostic.Id, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Notes where the files of <c>#r</c> are, so that all languages load the same ones.</summary>
    private sealed class Resolver(ScriptMetadataResolver inner) : MetadataReferenceResolver
    {
        public override bool ResolveMissingAssemblies => true;

        public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties)
        {
            var found = inner.ResolveReference(reference, baseFilePath, properties);
            if (reference.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
                foreach (var file in found) SharedAssemblies.AddFolderOf(file.FilePath ?? "");
            return found;
        }

        public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
            inner.ResolveMissingAssembly(definition, referenceIdentity);

        public override bool Equals(object? other) => other is Resolver resolver && resolver.Inner.Equals(inner);

        public override int GetHashCode() => inner.GetHashCode();

        private ScriptMetadataResolver Inner => inner;
    }
}
