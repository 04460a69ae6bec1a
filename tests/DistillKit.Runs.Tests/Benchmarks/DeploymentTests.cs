using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Quantization.Simulation;
using DistillKit.Runs.Benchmarks;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests.Benchmarks;

/// <summary>Runtimes compute from a file what the engine simulates.</summary>
public sealed class DeploymentTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        folder.Dispose();
        scope.Dispose();
    }

    /// <summary>A test that is skipped on a machine without ONNX Runtime's library.</summary>
    private sealed class RuntimeTheoryAttribute : TheoryAttribute
    {
        public RuntimeTheoryAttribute() => Skip = OnnxRuntimeModel.RuntimeDefect;
    }

    public static TheoryData<string, string> Quantized => TestGraphs.WithEachNetwork(TestGraphs.Kinds);

    [Theory]
    [MemberData(nameof(Quantized))]
    public void Edge_gives_the_engines_logits(string spec, string kind) => Compare(spec, kind, InferenceRuntime.Edge);

    [RuntimeTheory]
    [MemberData(nameof(Quantized))]
    public void ONNX_Runtime_gives_the_engines_logits(string spec, string kind) => Compare(spec, kind, InferenceRuntime.OnnxRuntime);

    /// <summary>See <see cref="TestGraphs.Bottlenecks"/>: a few values that round otherwise make a difference here.</summary>
    [Theory]
    [InlineData("float", 1e-4)]
    [InlineData("static", 0.15)]
    [InlineData("dynamic", 0.15)]
    public void The_whole_of_MobileNetV2_gives_about_the_same_logits(string kind, double tolerance)
    {
        foreach (var runtime in Deployment.Runtimes) Compare(TestGraphs.MobileNet, kind, runtime, tolerance);
    }

    [Theory]
    [InlineData("static")]
    [InlineData("dynamic")]
    public void More_threads_give_the_same_logits(string kind)
    {
        OnnxFile.Save(folder["model.onnx"], TestGraphs.Quantized(TestGraphs.ResNet, kind));
        using var set = TestGraphs.Images(7);
        var images = set.Take([.. Enumerable.Range(0, 7)]).Images;
        foreach (var runtime in Deployment.Runtimes)
        {
            var deployment = new Deployment(folder["model.onnx"], runtime);
            using var one = deployment.Open();
            using var several = deployment.Open(threads: 3);
            Assert.Equal(Run(one, images, 7), Run(several, images, 7));
            Assert.Throws<UserException>(() => deployment.Open(threads: 0));
        }
    }

    [Fact]
    public void A_file_that_a_runtime_cannot_use_is_named()
    {
        File.WriteAllText(folder["model.onnx"], "no model");
        var message = Assert.Throws<UserException>(() => new Deployment(folder["model.onnx"], InferenceRuntime.Edge).Open()).Message;
        Assert.StartsWith(folder["model.onnx"], message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Files_take_turns_at_being_timed()
    {
        OnnxFile.Save(folder["model.onnx"], TestGraphs.Quantized(TestGraphs.ResNet, "static"));
        var deployment = new Deployment(folder["model.onnx"], InferenceRuntime.Edge);
        Assert.All(DeploymentProbe.Latencies([deployment, deployment], repeats: 7),
            latency => Assert.True(latency is { Repeats: 7, Median: > 0 } && latency.P95 >= latency.Median));
        Assert.All(DeploymentProbe.Throughputs([deployment, deployment], repeats: 1), rate => Assert.True(rate > 0));
        Assert.Throws<UserException>(() => DeploymentProbe.Latencies([deployment], repeats: 0));
    }

    private void Compare(string spec, string kind, InferenceRuntime runtime, double? tolerance = null)
    {
        OnnxFile.Save(folder["model.onnx"], TestGraphs.Quantized(spec, kind));
        var graph = OnnxFile.Load(folder["model.onnx"]);
        using var model = new Deployment(folder["model.onnx"], runtime).Open();
        Assert.Equal([3, 32, 32, 10], [.. model.InputShape, model.Classes]);
        using var set = TestGraphs.Images(20);
        var images = set.Take([.. Enumerable.Range(0, 20)]).Images;
        // One by one, also those of a batch: dynamic ranges are those of each image.
        var expected = Simulated(graph, images);
        var deviation = Deviation(expected);
        foreach (var batch in (int[])[1, 5])
        {
            var actual = Run(model, images, batch);
            var difference = expected.Zip(actual, (one, other) => Math.Abs(one - other)).ToArray();
            Assert.True(difference.Average() <= (tolerance ?? Tolerance(kind)) * deviation, FormattableString.Invariant(
                $"batch {batch}: {difference.Average() / deviation:g3} deviations, at most {difference.Max() / deviation:g3}"));
        }
    }

    /// <summary>The mean difference in deviations of the logits: rounding errors, or a few values that rounded otherwise.</summary>
    private static double Tolerance(string kind) => kind switch
    {
        "float" or "weight only" => 1e-4,
        _ => 0.005,
    };

    private static float[] Simulated(Graph graph, Tensor images)
    {
        using var module = new GraphModule(graph);
        using var inference = new InferenceScope(module);
        return Batches(images, 1, part => module.call(part).contiguous().data<float>().ToArray());
    }

    private static float[] Run(IDeployedModel model, Tensor images, int batch) => Batches(images, batch, part =>
    {
        var logits = new float[part.shape[0] * model.Classes];
        model.Run(part.contiguous().data<float>().ToArray(), logits);
        return logits;
    });

    private static float[] Batches(Tensor images, int batch, Func<Tensor, float[]> classify) =>
        [.. Enumerable.Range(0, (int)images.shape[0]).Chunk(batch).SelectMany(chunk => classify(images.narrow(0, chunk[0], chunk.Length)))];

    /// <summary>How far a logit is from its mean over the images.</summary>
    private static double Deviation(float[] logits)
    {
        var columns = logits.Index().GroupBy(entry => entry.Index % 10, entry => (double)entry.Item);
        return Math.Sqrt(columns.Average(column => column.Average(value => value * value) - Math.Pow(column.Average(), 2)));
    }
}
