namespace DistillKit.Runs.Stages;

/// <summary>The names of the stages and of their folders, in order; assistants come between baseline and student.</summary>
public static class StageNames
{
    /// <summary>The images.</summary>
    public const string Data = "data";

    /// <summary>The large network.</summary>
    public const string Teacher = "teacher";

    /// <summary>The small network, trained from labels alone.</summary>
    public const string Baseline = "baseline";

    /// <summary>The small network, taught by the large one.</summary>
    public const string Student = "distill";

    /// <summary>The student, quantized after its training.</summary>
    public const string PostTraining = "ptq";

    /// <summary>The student, trained with rounded numbers.</summary>
    public const string Aware = "qat";

    /// <summary>The ONNX files.</summary>
    public const string Export = "export";

    /// <summary>The figures.</summary>
    public const string Benchmark = "benchmark";

    /// <summary>All but those of assistants.</summary>
    public static IReadOnlyList<string> All { get; } = [Data, Teacher, Baseline, Student, PostTraining, Aware, Export, Benchmark];
}

/// <summary>A part of a run, whatever it makes.</summary>
internal interface IStage
{
    public string Name { get; }

    /// <summary>Makes its result, after those of the stages that it needs, unless it is done.</summary>
    public void Do(CancellationToken cancellation);

    /// <exception cref="UserException">It would overwrite a file that no run has written.</exception>
    public void RequireOwnFiles();
}

/// <summary>
/// A part of a run: what it needs, what it makes, and when it is done: when its record has the fingerprint of all that the result depends
/// on, and its files are there.
/// </summary>
internal sealed class Stage<T>(StageContext context, string name) : IStage where T : class
{
    public string Name => name;

    /// <summary>Changes with all that the result depends on.</summary>
    public required Func<string> Fingerprint { get; init; }

    /// <summary>Runs the stages that it needs, or finds their results.</summary>
    public Action<CancellationToken> Needs { get; init; } = _ => { };

    /// <summary>The paths of what it makes beside its record.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>What it works on, in a few words; null where <see cref="Make"/> says when it starts.</summary>
    public string? Description { get; init; }

    public required Func<CancellationToken, T> Make { get; init; }

    /// <summary>The result in a few words.</summary>
    public required Func<T, string> Describe { get; init; }

    /// <summary>The time that a result took, where it says that itself: interruptions are left out then.</summary>
    public Func<T, double>? Seconds { get; init; }

    public T Run(CancellationToken cancellation)
    {
        if (Files.All(File.Exists) && context.Store.Find<T>(name, Fingerprint()) is { } earlier)
        {
            context.Finish(name, Describe(earlier), TimeSpan.FromSeconds(Seconds?.Invoke(earlier) ?? 0), isFromEarlierRun: true);
            return earlier;
        }
        RequireOwnFiles();
        Needs(cancellation);
        context.Store.Begin(name);
        var start = Stopwatch.GetTimestamp();
        if (Description is not null) context.Progress.Started(name, Description);
        var result = Make(cancellation);
        context.Store.Finish(name, Fingerprint(), result);
        context.Finish(name, Describe(result), Seconds is null ? Stopwatch.GetElapsedTime(start) : TimeSpan.FromSeconds(Seconds(result)));
        return result;
    }

    public void RequireOwnFiles() => context.Store.RequireOwn(name, Files);

    void IStage.Do(CancellationToken cancellation) => Run(cancellation);
}
