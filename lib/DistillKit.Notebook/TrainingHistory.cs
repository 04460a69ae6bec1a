using System.Text.Json;

namespace DistillKit.Notebook;

/// <summary>An epoch of a training.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">The mean loss.</param>
/// <param name="Accuracy">The share of right answers on augmented training images.</param>
/// <param name="Validation">The accuracy on the validation images at its end, if it was measured.</param>
/// <param name="ImagesPerSecond">The speed.</param>
public sealed record HistoryEpoch(int Epoch, double Loss, double Accuracy, double? Validation, double ImagesPerSecond);

/// <summary>How a training went, epoch by epoch, from its <c>metrics.jsonl</c>.</summary>
/// <param name="Name">The network.</param>
/// <param name="Epochs">From the first.</param>
public sealed record TrainingHistory(string Name, IReadOnlyList<HistoryEpoch> Epochs)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the metrics of a run; without the file there are no epochs.</summary>
    internal static TrainingHistory Load(string name, string path)
    {
        if (!File.Exists(path)) return new(name, []);
        var lines = File.ReadLines(path).Select(Parse).OfType<Line>();
        return new(name, [.. lines.GroupBy(line => line.Epoch).OrderBy(group => group.Key).Select(Epoch)]);
    }

    private static HistoryEpoch Epoch(IGrouping<int, Line> lines)
    {
        var steps = lines.Where(line => line.Loss is not null).ToArray();
        return new(
            lines.Key + 1, Mean(line => line.Loss), Mean(line => line.Accuracy), lines.LastOrDefault(line => line.ValidationAccuracy is not null)?.ValidationAccuracy, Mean(line => line.ImagesPerSecond));

        double Mean(Func<Line, double?> value) => steps.Length == 0 ? double.NaN : steps.Average(line => value(line) ?? 0);
    }

    // A line that a crash cut off tells nothing.
    private static Line? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line(int Epoch, double? Loss, double? Accuracy, double? ImagesPerSecond, double? ValidationAccuracy);
}
