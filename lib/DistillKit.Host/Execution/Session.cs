using System.Diagnostics;
using System.Globalization;
using System.Net;
using DistillKit.Host.Languages;
using DistillKit.Host.Outputs;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;

namespace DistillKit.Host.Execution;

/// <summary>A notebook's kernels: runs its cells one after the other. A language starts when its first cell comes.</summary>
internal sealed class Session
{
    private readonly Dictionary<string, ILanguage> running = [];
    private readonly CellOutputs outputs;
    private readonly ErrorText errors;
    private readonly Dictionary<string, Func<ILanguage>> starters;

    /// <param name="folder">The notebook's folder.</param>
    /// <param name="outputs">Where values go.</param>
    internal Session(string folder, CellOutputs outputs)
    {
        (this.outputs, errors) = (outputs, new ErrorText(folder));
        starters = new()
        {
            [LanguageName.CSharp] = () => new CSharpLanguage(folder, errors),
            [LanguageName.FSharp] = () => new FSharpLanguage(folder, errors),
        };
    }

    /// <summary>Runs a cell.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="language">Its language.</param>
    /// <param name="number">Its number among the cells with code, from 1.</param>
    /// <param name="cancellation">Is handed to the cell as <c>KernelInvocationContext.Current.CancellationToken</c>.</param>
    /// <returns>Why it failed; null when it did not.</returns>
    internal async Task<CellError?> RunAsync(string source, string language, int number, CancellationToken cancellation)
    {
        KernelInvocationContext.Begin(outputs.Display, cancellation);
        var line = 1;
        var timers = new List<long>();
        try
        {
            foreach (var piece in Submission.Parse(source, language))
            {
                cancellation.ThrowIfCancellationRequested();
                line = piece.Line;
                if (piece is Code code && await RunAsync(code, number, cancellation) is { } error) return error;
                if (piece is Command { Name: "#!time" }) timers.Add(Stopwatch.GetTimestamp());
                else if (piece is Command command) await RunAsync(command);
            }
            foreach (var start in timers)
                string.Create(CultureInfo.InvariantCulture, $"Wall time: {Stopwatch.GetElapsedTime(start).TotalMilliseconds}ms").DisplayAs(PlainTextFormatter.MimeType);
            return null;
        }
        catch (HostException error)
        {
            return CellError.Of(error.Message) with { Line = error.Line ?? line };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // What a formatter throws, say: the cell fails, not the host.
            return errors.Of(error, $"cell {number}") with { Line = line };
        }
    }

    private async Task<CellError?> RunAsync(Code code, int number, CancellationToken cancellation)
    {
        if (code.Language == LanguageName.Markdown) code.Text.DisplayAs("text/markdown");
        if (code.Language == LanguageName.Html) code.Text.DisplayAs(HtmlFormatter.MimeType);
        if (LanguageName.IsText(code.Language)) return null;
        var answer = await Language(code.Language).RunAsync(code.Text, $"cell {number}", cancellation);
        // A value that has been displayed is not displayed again because display() returns it.
        if (answer is { HasValue: true, Value: not DisplayedValue }) outputs.Result(number, Formatted(answer.Value));
        return answer.Error;
    }

    private Task RunAsync(Command command)
    {
        var target = Language(command.Language);
        switch (command.Name)
        {
            case "#!share": return ValueSharing.ShareAsync(command.Arguments, target, Language);
            case "#!set": return ValueSharing.SetAsync(command.Arguments, target, Language);
            default:
                ShowVariables(target.Variables, isDetailed: command.Name == "#!whos");
                return Task.CompletedTask;
        }
    }

    private ILanguage Language(string name)
    {
        var known = LanguageName.Find(name);
        if (known is null || !starters.TryGetValue(known, out var start)) throw new HostException($"There is no kernel '{name}' with values here: {string.Join(", ", starters.Keys)}.");
        return running.TryGetValue(known, out var language) ? language : running[known] = start();
    }

    private static IReadOnlyList<FormattedValue> Formatted(object? value) => value switch
    {
        FormattedValue one => [one],
        IEnumerable<FormattedValue> several => [.. several],
        _ => FormattedValue.CreateManyFromObject(value),
    };

    private static void ShowVariables(IReadOnlyList<Variable> variables, bool isDetailed)
    {
        var html = isDetailed
            ? $"<table><thead><tr><th>Variable</th><th>Type</th><th>Value</th></tr></thead><tbody>{string.Concat(variables.Select(Row))}</tbody></table>"
            : $"<div>{string.Concat(variables.Select(variable => WebUtility.HtmlEncode(variable.Name) + "\t "))}</div>";
        html.DisplayAs(HtmlFormatter.MimeType);

        static string Row(Variable variable) =>
            $"<tr><td>{Text(variable.Name)}</td><td>{Text(variable.Type.ToDisplayString(PlainTextFormatter.MimeType))}</td>"
            + $"<td><div class=\"dni-plaintext\"><pre>{Text(variable.Value.ToDisplayString(PlainTextFormatter.MimeType))}</pre></div></td></tr>";

        static string Text(string text) => WebUtility.HtmlEncode(text);
    }
}
