using DistillKit.Host.Outputs;
using Microsoft.DotNet.Interactive.Formatting;

namespace DistillKit.Host;

/// <summary>Passes on what cells write, as it comes; of displayed values, those that are plain text.</summary>
internal sealed class ConsoleView : IOutputObserver
{
    // The console itself, before cells' writing is captured.
    private readonly TextWriter output = Console.Out;
    private readonly TextWriter error = Console.Error;

    public void Streamed(bool isError, string text) => (isError ? error : output).Write(text);

    public void Displayed(IReadOnlyList<FormattedValue> values, bool isUpdate)
    {
        if (!isUpdate && values.FirstOrDefault(value => value.MimeType == PlainTextFormatter.MimeType) is { } text) output.WriteLine(text.Value);
    }
}
