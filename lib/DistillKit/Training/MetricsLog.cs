namespace DistillKit.Training;

/// <summary>One line of a training's log: the means since the line before, or a validation.</summary>
/// <param name="Loss">On training images; null in a validation's line, as the next three.</param>
/// <param name="Accuracy">The share of right answers on augmented training images, in [0, 1].</param>
/// <param name="ValidationAccuracy">The share of right answers on validation images, in [0, 1]; null in other lines.</param>
public sealed record MetricsLine(
    int Step, int Epoch, double? Loss = null, double? Accuracy = null, double? LearningRate = null, double? ImagesPerSecond = null,
    double? ValidationAccuracy = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>The line as JSON, for instance <c>{"step":20,"epoch":0,"loss":2.1,...}</c>; what is null is left out.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, Json);

    /// <summary>The line of a text; null where it is none, as when a crash has cut it off.</summary>
    internal static MetricsLine? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<MetricsLine>(text, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a training has logged, in the order of the steps: at least one line.</summary>
public sealed record TrainingHistory(string Name, IReadOnlyList<MetricsLine> Lines)
{
    /// <summary>Reads a log, for instance <c>artifacts/quick/teacher/metrics.jsonl</c>, without a line that a crash has cut off.</summary>
    /// <exception cref="UserException">The file cannot be read, or holds no metrics.</exception>
    public static TrainingHistory Read(string name, string path)
    {
        try
        {
            MetricsLine[] lines = [.. File.ReadLines(path).Select(MetricsLine.Parse).OfType<MetricsLine>()];
            if (lines.Length > 0) return new(name, lines);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot read {path}: {error.Message}", error);
        }
        throw new UserException($"There are no metrics in {path}: it is not the {MetricsLog.FileName} of a training that has begun.");
    }

    /// <summary>The epochs done at a line, with fractions.</summary>
    public double EpochsAt(MetricsLine line)
    {
        // A validation ends its epoch, so it tells how many steps an epoch has; without one the last line is the best guess.
        var last = Lines.LastOrDefault(one => one.ValidationAccuracy is not null) ?? Lines[^1];
        return line.Step / (last.Step / (last.Epoch + 1.0));
    }
}

/// <summary>A training's metrics as JSON Lines. A resumed run cuts off what it is going to write again.</summary>
public sealed class MetricsLog : IDisposable
{
    /// <summary>What the file is called in the folder of a training.</summary>
    public const string FileName = "metrics.jsonl";

    private readonly FileStream file;

    private MetricsLog(FileStream file) => this.file = file;

    /// <summary>Opens a log, keeping the lines up to and including a step.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static MetricsLog Open(string path, int step)
    {
        var kept = File.Exists(path) ? File.ReadLines(path).Where(line => MetricsLine.Parse(line)?.Step <= step).ToArray() : [];
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(line => line + "\n")))));
        return new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>Writes a line.</summary>
    /// <exception cref="UserException">The disk is full, say.</exception>
    public void Write(MetricsLine line)
    {
        try
        {
            file.Write(Encoding.UTF8.GetBytes($"{line}\n"));
        }
        catch (IOException error)
        {
            throw new UserException($"Cannot write {file.Name}: {error.Message} Check the free space.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
