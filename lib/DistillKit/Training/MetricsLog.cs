using System.Text.Json;

namespace DistillKit.Training;

/// <summary>
/// A run's metrics as JSON Lines, one object a line, for instance <c>{"step":20,"epoch":0,"loss":2.1,...}</c>. A resumed run cuts off what
/// it is going to write again.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly StreamWriter? writer;

    private MetricsLog(StreamWriter? writer) => this.writer = writer;

    /// <summary>A log that keeps nothing.</summary>
    public static MetricsLog None { get; } = new(null);

    /// <summary>Opens a log, keeping the lines up to and including a step.</summary>
    public static MetricsLog Open(string path, int step)
    {
        var kept = File.Exists(path) ? File.ReadAllLines(path).Where(line => StepOf(line) <= step).ToArray() : [];
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllLines(path, kept);
        return new(new StreamWriter(path, append: true) { AutoFlush = true });
    }

    /// <summary>Writes a line: an object with a property "step".</summary>
    public void Write(object metrics) => writer?.WriteLine(JsonSerializer.Serialize(metrics, Json));

    /// <inheritdoc/>
    public void Dispose() => writer?.Dispose();

    // A line that a crash cut off is not kept.
    private static int StepOf(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("step").GetInt32();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return int.MaxValue;
        }
    }
}
