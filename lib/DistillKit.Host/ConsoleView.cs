using System.Diagnostics;
using DistillKit.Host.Outputs;
using Microsoft.DotNet.Interactive.Formatting;

namespace DistillKit.Host;

/// <summary>Passes on what cells write, as it comes; of displayed values, those that have a plain text; of their updates, one in a while.</summary>
internal sealed class ConsoleView : IOutputObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private long lastUpdate = Stopwatch.GetTimestamp();

    // The console itself, before cells' writing is captured.
    private readonly TextWriter output = Console.Out;
    private readonly TextWriter error = Console.Error;

    public void Streamed(bool isError, string text) => (isError ? error : output).Write(text);

    public void Displayed(IReadOnlyList<FormattedValue> values, bool isUpdate)
    {
        if (isUpdate && Stopwatch.GetElapsedTime(lastUpdate) < Interval) return;
        if (isUpdate) lastUpdate = Stopwatch.GetTimestamp();
        if (values.FirstOrDefault(value => value.MimeType == PlainTextFormatter.MimeType) is { } text) output.WriteLine(text.Value);
    }
}
