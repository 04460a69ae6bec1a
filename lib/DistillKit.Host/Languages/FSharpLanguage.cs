using FSharp.Compiler.Diagnostics;
using FSharp.Compiler.Interactive;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.FSharp.Core;

namespace DistillKit.Host.Languages;

/// <summary>F# by F# Interactive, with the namespaces that .NET Interactive's F# kernel opens.</summary>
internal sealed class FSharpLanguage : ILanguage
{
    private const string Handover = "DistillKit.Host value";

    private readonly Shell.FsiEvaluationSession session;
    private readonly StringWriter messages = new();
    private readonly ErrorText errors;
    private readonly string folder;

    /// <param name="folder">The notebook's folder, from which <c>#r</c> and <c>#load</c> search.</param>
    /// <param name="errors">Writes errors.</param>
    internal FSharpLanguage(string folder, ErrorText errors)
    {
        (this.folder, this.errors) = (folder, errors);
        string[] arguments = ["fsi", "--noninteractive", "--nologo", "--quiet", "--gui-", "--multiemit+", "--langversion:latest", $"--lib:{folder}"];
        session = Shell.FsiEvaluationSession.Create(
            Shell.FsiEvaluationSession.GetDefaultConfiguration(), arguments, TextReader.Null, TextWriter.Null, messages, collectible: null, legacyReferenceResolver: null);
        string[] references = [.. new[] { typeof(IHtmlContent), typeof(Kernel), typeof(DisplayedValue), typeof(Formatter) }.Select(type => type.Assembly.Location).Distinct()];
        string[] opened = ["open System", "open System.IO", "open System.Text", "open Microsoft.DotNet.Interactive.Formatting", $"open type {typeof(Kernel).FullName}"];
        session.EvalInteraction(string.Join('\n', references.Select(path => $"#r @\"{path}\"").Concat(opened)), FSharpOption<CancellationToken>.None);
    }

    public IReadOnlyList<Variable> Variables => [.. session.GetBoundValues()
        .Where(bound => bound.Name != "it")
        .GroupBy(bound => bound.Name).Select(group => group.Last())
        .Select(bound => new Variable(bound.Name, bound.Value.ReflectionType, bound.Value.ReflectionValue))];

    public Task<Answer> RunAsync(string code, string place, CancellationToken cancellation)
    {
        NoteReferences(code);
        messages.GetStringBuilder().Clear();
        var (result, diagnostics) = session.EvalInteractionNonThrowing(code, Path.Combine(folder, place), FSharpOption<CancellationToken>.Some(cancellation));
        var problems = diagnostics.Where(diagnostic => diagnostic.Severity.IsError).Select(Problem).ToArray();
        return Task.FromResult(result switch
        {
            _ when problems.Length > 0 => new Answer(errors.Of(problems, place)),
            FSharpChoice<FSharpOption<Shell.FsiValue>, Exception>.Choice2Of2 failed => new(errors.Of(failed.Item, place)),
            FSharpChoice<FSharpOption<Shell.FsiValue>, Exception>.Choice1Of2 { Item: { } value } when value.Value.ReflectionType != typeof(Unit) =>
                new(Error: null, HasValue: true, value.Value.ReflectionValue),
            _ => new(Error: null),
        });
    }

    public Task SetAsync(string name, Type type, object? value)
    {
        // The session's own way, AddBoundValue, makes an Int32 that is no int: array functions and printf refuse it. So the value is fetched by code.
        AppDomain.CurrentDomain.SetData(Handover, value);
        try
        {
            Refer(type);
            var declared = value is null && type.IsValueType ? "obj" : CSharpTypeName.Of(type) is "object" ? "obj" : CSharpTypeName.Of(type).Replace("global::", "global.");
            session.EvalInteraction($"let {name} : {declared} = System.AppDomain.CurrentDomain.GetData \"{Handover}\" |> unbox", FSharpOption<CancellationToken>.None);
        }
        finally
        {
            AppDomain.CurrentDomain.SetData(Handover, null);
        }
        return Task.CompletedTask;
    }

    // To declare a value of a type, F# has to know the type's assembly; those of the framework it knows.
    private void Refer(Type type)
    {
        var location = type.Assembly.IsDynamic ? "" : type.Assembly.Location;
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        if (location.Length > 0 && !location.StartsWith(framework, StringComparison.Ordinal)) session.EvalInteraction($"#r @\"{location}\"", FSharpOption<CancellationToken>.None);
        foreach (var argument in type.GetGenericArguments()) Refer(argument);
        if (type.HasElementType) Refer(type.GetElementType()!);
    }

    private static Problem Problem(FSharpDiagnostic diagnostic) => new(
        diagnostic.FileName, diagnostic.StartLine, diagnostic.StartColumn + 1, diagnostic.ErrorNumberText, diagnostic.Message.ReplaceLineEndings(" "));

    // F# Interactive loads references by itself; what they refer to is looked for beside them.
    private void NoteReferences(string code)
    {
        foreach (var line in code.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("#r", StringComparison.Ordinal)))
            if (line.Split('"') is [_, var path, ..] && path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) SharedAssemblies.AddFolderOf(Path.GetFullPath(path, folder));
    }
}
