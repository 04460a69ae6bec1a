namespace DistillKit.Runs.Stages;

/// <summary>How long the stages of a run will take, by a short measurement on this machine; stages that run side by side share a
/// part.</summary>
public sealed record RunPlan(IReadOnlyList<(IReadOnlyList<string> Stages, TimeSpan Time)> Parts)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly HashSet<string> finished = [];
    private (TimeSpan Planned, TimeSpan Taken) done;

    /// <summary>All of it.</summary>
    public TimeSpan Whole => Parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + part.Time);

    /// <summary>What is left once a stage has ended, corrected by how long the parts that have ended took.</summary>
    public TimeSpan After(string stage)
    {
        lock (finished)
        {
            finished.Add(stage);
            var planned = Parts.Where(part => part.Stages.All(finished.Contains)).Aggregate(TimeSpan.Zero, (sum, part) => sum + part.Time);
            if (planned > done.Planned) done = (planned, clock.Elapsed);
            var rest = (Whole - done.Planned) * (done.Planned > TimeSpan.Zero ? done.Taken / done.Planned : 1);
            var left = rest - (clock.Elapsed - done.Taken);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>The parts in a line: "about 9:40 on this machine: teacher 3:10, ...".</summary>
    public override string ToString()
    {
        var parts = Parts.Select(part => $"{string.Join(" and ", part.Stages)} {TimeLeft.Text(part.Time)}");
        return $"about {TimeLeft.Text(Whole)} on this machine: {string.Join(", ", parts)}";
    }
}

/// <summary>Makes the plan of a run: a few steps of every training, with networks that are thrown away.</summary>
internal sealed class RunPlanner(StageContext context, TrainingStages training)
{
    /// <summary>A step with rounded numbers against one of the same network without, both in float32: 1.1 for profile quick.</summary>
    private const double CostOfRounding = 1.1;

    /// <summary>Post-training quantization, files, the timing and the memory of the benchmark: so long on two cores.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    /// <summary>All deployed files together, for an image of the test set; most of it is dynamic INT8 in ONNX Runtime.</summary>
    private static readonly TimeSpan RestOfImage = TimeSpan.FromMilliseconds(7.5);

    /// <summary>The plan; null where nothing is left to train.</summary>
    public RunPlan? Make(CancellationToken cancellation)
    {
        var open = training.All.Where(stage => !training.StageOf(stage).IsDone).ToList();
        if (open.Count == 0) return null;
        List<(IReadOnlyList<string>, TimeSpan)> parts = [];
        var pair = training.Pair;
        var answersBeside = pair.Any(training.AnswersBeside);
        if (pair.Count > 0)
        {
            var times = new TimeSpan[pair.Count];
            void Rehearse(int place, CancellationToken stop)
            {
                times[place] = training.Rehearse(pair[place], stop);
                if (training.AnswersBeside(pair[place])) times[place] += training.RehearseAnswers(training.Student, stop);
            }
            SideBySide.Run(
                shares: 2, [.. pair.Select((_, place) => (Action<CancellationToken>)(stop => Rehearse(place, stop)))], cancellation);
            var names = pair.Select(stage => stage.Name);
            parts.Add(([.. answersBeside ? names.Append(TrainingStages.SoftTargets) : names], times.Max()));
        }
        foreach (var stage in open.Except(pair))
        {
            var answersBefore = stage.Name == StageNames.Student && !answersBeside;
            if (answersBefore && training.RehearseAnswers(stage, cancellation) is var answers && answers > TimeSpan.Zero)
                parts.Add(([TrainingStages.SoftTargets], answers));
            parts.Add(([stage.Name], training.Rehearse(stage, cancellation)));
        }
        var recipe = context.Profile.Quantization.Training with { Precision = Precision.Float32 };
        var rounded = training.Student with { Training = recipe, Distillation = null };
        parts.Add(([StageNames.Aware], CostOfRounding * training.Rehearse(rounded, cancellation)));
        var rest = Rest + context.Images.Test.Count * RestOfImage;
        parts.Add(([StageNames.PostTraining, StageNames.Export, StageNames.Benchmark], rest));
        return new(parts);
    }
}
