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

/// <summary>Receives what a run does, for instance to show it.</summary>
public interface IRunProgress
{
    /// <summary>A run begins that will take that long.</summary>
    public void Planned(RunPlan plan) => Advanced(plan.ToString());

    /// <summary>A stage begins; <paramref name="resumedStep"/> is above 0 when it continues an interrupted one.</summary>
    public void Started(string stage, string description, int resumedStep = 0);

    /// <summary>The running training stage has done a step.</summary>
    public void Trained(TrainingProgress progress);

    /// <summary>The running data stage has advanced.</summary>
    public void Installed(DataProgress progress);

    /// <summary>The running stage has advanced by one of several parts.</summary>
    public void Advanced(string part);

    /// <summary>Something about the last result that must not be overlooked, in a line.</summary>
    public void Warned(string text) => Advanced(text);

    /// <summary>What receives the same of a stage that runs beside another.</summary>
    public IRunProgress Beside() => this;

    /// <summary>A stage has ended, or had been finished by an earlier run.</summary>
    public void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun = false);
}

/// <summary>A part of a run, whatever it makes.</summary>
internal interface IStage
{
    public string Name { get; }

    /// <summary>The names of the stages whose results go into it.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>Makes its result, after those of the stages that it needs, unless it is done.</summary>
    public void Do(CancellationToken cancellation);

    /// <exception cref="UserException">It would overwrite a file that no run has written.</exception>
    public void RequireOwnFiles();
}

/// <summary>A part of a run: what it needs, what it makes, and when it is done: when its record has the fingerprint of all that the result
/// depends on, and its files are there.</summary>
/// <param name="Files">The paths of what it makes beside its record.</param>
/// <param name="Fingerprint">Changes with all that the result depends on.</param>
/// <param name="Sources">The names of the stages whose results go into it.</param>
/// <param name="Needs">Runs the stages that it needs, or finds their results.</param>
/// <param name="Describe">The result in a few words.</param>
/// <param name="Description">What it works on, in a few words; null where <paramref name="Make"/> says when it starts.</param>
/// <param name="Writes">The paths that must not be there before the first run; null for its files.</param>
/// <param name="Warnings">What about a result must not be overlooked.</param>
/// <param name="Seconds">The time that a result took, where it says that itself: interruptions are left out then.</param>
internal sealed record Stage<T>(
    StageContext Context, string Name, IReadOnlyList<string> Files, Func<string> Fingerprint, IReadOnlyList<string> Sources,
    Action<CancellationToken> Needs,
    Func<CancellationToken, T> Make, Func<T, string> Describe, string? Description = null, Func<T, double>? Seconds = null,
    IReadOnlyList<string>? Writes = null, Func<T, IEnumerable<string>>? Warnings = null) : IStage where T : class
{
    public T Run(CancellationToken cancellation)
    {
        if (Find() is { } earlier)
        {
            return Finish(earlier, TimeSpan.FromSeconds(Seconds?.Invoke(earlier) ?? 0), isFromEarlierRun: true);
        }
        RequireOwnFiles();
        Needs(cancellation);
        Context.Store.Begin(Name);
        var start = Stopwatch.GetTimestamp();
        if (Description is not null) Context.Progress.Started(Name, Description);
        var result = Make(cancellation);
        Context.Store.Finish(Name, Fingerprint(), result, Sources);
        var time = Seconds is null ? Stopwatch.GetElapsedTime(start) : TimeSpan.FromSeconds(Seconds(result));
        return Finish(result, time, isFromEarlierRun: false);
    }

    public bool IsDone => Find() is not null;

    /// <summary>Its result for another stage: one that is there is found without a word.</summary>
    public T Require(CancellationToken cancellation) => Find() ?? Run(cancellation);

    private T? Find() =>
        Context.Store.Find<T>(Name, Fingerprint(), Sources) is { } earlier && Files.All(File.Exists) ? earlier : null;

    private T Finish(T result, TimeSpan time, bool isFromEarlierRun)
    {
        if (!Context.Finish(Name, Describe(result), time, isFromEarlierRun) || Warnings is null) return result;
        foreach (var warning in Warnings(result)) Context.Progress.Warned(warning);
        return result;
    }

    public void RequireOwnFiles() => Context.Store.RequireOwn(Name, Writes ?? Files);

    void IStage.Do(CancellationToken cancellation) => Run(cancellation);
}
