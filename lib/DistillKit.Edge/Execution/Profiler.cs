namespace DistillKit.Edge.Execution;

/// <summary>Measures each operator over several runs.</summary>
internal sealed class Profiler
{
    private readonly ExecutableNetwork network;
    private readonly long[][] ticks;
    private int repetition;
    private long start;

    public Profiler(ExecutableNetwork network, int repetitions)
    {
        if (repetitions < 1)
            throw new EdgeException($"A profile of {repetitions} repetitions is asked for. Give at least 1.");
        this.network = network;
        ticks = new long[network.Operators.Count][];
        for (var i = 0; i < ticks.Length; i++)
            ticks[i] = new long[repetitions];
    }

    public void Start() => start = Stopwatch.GetTimestamp();

    /// <summary>Counts the time since the start for an operator, which runs once for each chunk of images.</summary>
    public void Stop(int operation) => ticks[operation][repetition] += Stopwatch.GetTimestamp() - start;

    public void Next() => repetition++;

    public IReadOnlyList<OperatorProfile> Result()
    {
        var result = new OperatorProfile[ticks.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var operation = network.Operators[i];
            Array.Sort(ticks[i]);
            var median = Stopwatch.GetElapsedTime(0, ticks[i][ticks[i].Length / 2]);
            result[i] = new(operation.Name, operation.Kind, operation.Output.Shape.ToString(), operation.MultiplyAccumulates, median);
        }
        return result;
    }
}
