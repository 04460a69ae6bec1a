using DistillKit.Edge.Tests.Models;
using Google.Protobuf;

namespace DistillKit.Edge.Tests;

/// <summary>What may not change a result, and what a run may not do.</summary>
public sealed class RunTests
{
    public static TheoryData<int, int> KindsAndSeeds
    {
        get
        {
            var data = new TheoryData<int, int>();
            for (var i = 0; i < 12; i++)
                data.Add(i % 4, i);
            return data;
        }
    }

    [Theory, MemberData(nameof(KindsAndSeeds))]
    public void Instruction_sets_threads_and_batches_change_no_bit(int kind, int seed)
    {
        var (file, images) = File((FileKind)kind, seed, 65);
        var expected = Run(file, images, 65, 65, new());
        foreach (var set in EdgeModel.InstructionSets)
            foreach (var threads in (int[])[1, 2, 4])
                foreach (var batch in (int[])[1, 3, 65])
                    Assert.Equal(expected, Run(file, images, 65, batch, new() { Threads = threads, InstructionSet = set }));
    }

    [Theory, InlineData(0, 1), InlineData(1, 1), InlineData(2, 1), InlineData(3, 1), InlineData(1, 2), InlineData(3, 3)]
    public void A_run_allocates_nothing(int kind, int threads)
    {
        var (file, images) = File((FileKind)kind, 3, 5);
        using var model = EdgeModel.Load(file, new() { Threads = threads });
        var logits = new float[5 * model.Classes];
        for (var i = 0; i < 3; i++)
            model.Run(images, logits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
            model.Run(images, logits);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_model_describes_itself()
    {
        var network = TestNetworks.MobileNetV2(width: 1);
        using var model = EdgeModel.Load(FileWriter.Write(network, new(FileKind.Float)).ToByteArray(), new() { InstructionSet = "scalar" });
        Assert.Equal([3, 32, 32], model.InputShape);
        Assert.Equal(10, model.Classes);
        Assert.Equal("scalar", model.InstructionSet);
        Assert.Equal("test", model.Metadata["name"]);
        var expected = network.Layers.Sum(layer => layer switch
        {
            TestConvolution convolution => (long)convolution.Height * convolution.Width * convolution.Weights.Length,
            TestLinear linear => linear.Weights.Length,
            _ => 0L,
        });
        Assert.Equal(expected, model.MultiplyAccumulates);
    }

    [Fact]
    public void A_profile_names_every_operator_and_its_work()
    {
        var (file, images) = File(FileKind.Static, 5, 2);
        using var model = EdgeModel.Load(file);
        var profile = model.Profile(images, 5);
        Assert.Equal("images_q", profile[0].Name);
        Assert.Equal("quantize images", profile[0].Kind);
        Assert.Contains(profile, operation => operation.Kind.Contains(", int8"));
        Assert.Equal(model.MultiplyAccumulates, profile.Sum(operation => operation.MultiplyAccumulates));
        Assert.All(profile, operation => Assert.True(operation.Time >= TimeSpan.Zero));
    }

    [Theory, InlineData(0, 0), InlineData(1, 2), InlineData(7, 1)]
    public void Lengths_that_do_not_fit_the_model_are_refused(int extraImages, int extraLogits)
    {
        var (file, images) = File(FileKind.Static, 5, 1);
        using var model = EdgeModel.Load(file);
        var logits = new float[extraImages == 0 ? 0 : model.Classes + extraLogits];
        Assert.Contains("do not fit", Assert.Throws<EdgeException>(() => model.Run(images, logits)).Message);
        Assert.Contains("do not fit", Assert.Throws<EdgeException>(() => model.Run(images.AsSpan(1), new float[model.Classes])).Message);
    }

    [Fact]
    public void Options_that_this_machine_cannot_give_are_refused()
    {
        var (file, _) = File(FileKind.Static, 5, 1);
        Assert.Contains("scalar", Assert.Throws<EdgeException>(() => EdgeModel.Load(file, new() { InstructionSet = "abacus" })).Message);
        Assert.Contains("threads", Assert.Throws<EdgeException>(() => EdgeModel.Load(file, new() { Threads = 0 })).Message);
    }

    [Fact]
    public async Task A_second_run_at_the_same_time_is_refused_and_harmless()
    {
        var (file, images) = File(FileKind.Static, 3, 65);
        using var model = EdgeModel.Load(file);
        var expected = Run(file, images, 65, 65, new());
        using var isRefused = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        void RunUntilRefused()
        {
            var logits = new float[expected.Length];
            while (!isRefused.IsCancellationRequested)
                try
                {
                    model.Run(images, logits);
                    Assert.Equal(expected, logits);
                }
                catch (EdgeException e) when (e.Message.Contains("another thread"))
                {
                    isRefused.Cancel();
                    return;
                }
        }
        var started = DateTime.UtcNow;
        await Task.WhenAll(Task.Factory.StartNew(RunUntilRefused, TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(RunUntilRefused, TaskCreationOptions.LongRunning));
        Assert.True(DateTime.UtcNow - started < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_disposed_model_says_so()
    {
        var (file, images) = File(FileKind.Static, 3, 1);
        var model = EdgeModel.Load(file, new() { Threads = 2 });
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Run(images, new float[model.Classes]));
    }

    private static (byte[] File, float[] Images) File(FileKind kind, int seed, int images)
    {
        var network = TestNetworks.Random(seed);
        return (FileWriter.Write(network, FileStyle.Random(kind, seed), Ranges.Of(network)).ToByteArray(), network.Images(images));
    }

    private static float[] Run(byte[] file, float[] images, int count, int batch, EdgeOptions options)
    {
        using var model = EdgeModel.Load(file, options);
        var (logits, length) = (new float[count * model.Classes], images.Length / count);
        for (var first = 0; first < count; first += batch)
        {
            var size = Math.Min(batch, count - first);
            model.Run(images.AsSpan(first * length, size * length), logits.AsSpan(first * model.Classes, size * model.Classes));
        }
        return logits;
    }
}
