using DistillKit.Runs.Stages;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests.Stages;

/// <summary>What nobody frees adds up: tensors are counted while no other test runs.</summary>
[Collection(GlobalSettingsCollection.Name)]
public sealed class StageMemoryTests : IDisposable
{
    private readonly int threads = get_num_threads();

    // One after the other, so that what is counted at the end of a stage is the stage's own.
    public StageMemoryTests() => set_num_threads(1);

    public void Dispose() => set_num_threads(threads);

    [Fact]
    public async Task A_second_run_adds_as_many_tensors_in_each_stage_as_the_first()
    {
        using var folder = new TemporaryFolder();
        var first = await CountsOf(folder["first"]);
        Assert.Equal(first, await CountsOf(folder["second"]));
        Assert.Equal(8, first.Count);
    }

    private static async Task<IReadOnlyList<(string Stage, long Tensors)>> CountsOf(string folder)
    {
        var counts = new List<(string, long)>();
        // TorchSharp's counter grows by one with every parameter that is made, freed or not: what a run adds can be compared, not the
        // number itself.
        var before = Count();
        var events = new PipelineRunTests.Events { OnFinished = stage => counts.Add((stage, Count() - before)) };
        using var run = new PipelineRun(PipelineRunTests.Tiny, folder, events, CPU);
        await run.RunAsync(_ => 0);
        return counts;
    }

    private static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
