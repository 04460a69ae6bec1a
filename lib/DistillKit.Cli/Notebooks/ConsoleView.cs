using System.Diagnostics;

namespace DistillKit.Cli.Notebooks;

/// <summary>What cells write, as it comes; of displayed values, those that have a plain text; of their updates, one in a while.</summary>
internal sealed class ConsoleView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private long lastUpdate = Stopwatch.GetTimestamp();

    internal void Show(KernelEvent arrived)
    {
        var text = CellOutputs.Plain(arrived.Event.FormattedValues ?? []);
        if (text.Length == 0) return;
        switch (arrived.EventType)
        {
            case "StandardOutputValueProduced":
                Console.Out.Write(text);
                break;
            case "StandardErrorValueProduced":
                Console.Error.Write(text);
                break;
            case "DisplayedValueUpdated" when Stopwatch.GetElapsedTime(lastUpdate) < Interval:
                break;
            case "ReturnValueProduced" or "DisplayedValueProduced" or "DisplayedValueUpdated":
                if (arrived.EventType == "DisplayedValueUpdated") lastUpdate = Stopwatch.GetTimestamp();
                Console.Out.WriteLine(text);
                break;
        }
    }
}
