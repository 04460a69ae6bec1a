using System.Text;
using System.Text.Json;
using DistillKit.Files;

namespace DistillKit.Training;

/// <summary>
/// A run's metrics as JSON Lines, one object a line, for instance <c>{"step":20,"epoch":0,"loss":2.1,...}</c>. A resumed run cuts off what
/// it is going to write again.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    /// <summary>What the file is called in the folder of a training.</summary>
    public const string FileName = "metrics.jsonl";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly FileStream? file;

    private MetricsLog(FileStream? file) => this.file = file;

    /// <summary>A log that keeps nothing.</summary>
    public static MetricsLog None { get; } = new(null);

    /// <summary>Opens a log, keeping the lines up to and including a step.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static MetricsLog Open(string path, int step)
    {
        var kept = File.Exists(path) ? File.ReadLines(path).Where(line => StepOf(line) <= step).ToArray() : [];
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(line => line + "\n")))));
        return new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>Writes a line: an object with a property "step".</summary>
    /// <exception cref="UserException">The disk is full, say.</exception>
    public void Write(object metrics)
    {
        try
        {
            file?.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(metrics, Json) + "\n"));
        }
        catch (IOException error)
        {
            throw new UserException($"Cannot write {file!.Name}: {error.Message} Check the free space.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

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
