using DistillKit.Graphs.Onnx;
using DistillKit.Runs.Benchmarks;

namespace DistillKit.Runs.Tests.Benchmarks;

public sealed class DeploymentProbeTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public DeploymentProbeTests() => OnnxFile.Save(file, TestGraphs.Quantized(TestGraphs.ResNet, "static"));

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Times_every_file_in_every_runtime_as_often_as_asked()
    {
        Deployment[] deployments = [.. Deployment.Runtimes.Select(runtime => new Deployment(file, runtime))];
        Assert.All(DeploymentProbe.Latencies(deployments, repeats: 23), latency => Assert.Equal(23, latency.Repeats));
        Assert.All(DeploymentProbe.Throughputs(deployments, repeats: 1), rate => Assert.True(rate > 0));
    }

    [Fact]
    public void Nothing_to_repeat_is_refused() =>
        Assert.Throws<UserException>(() => DeploymentProbe.Latencies([new(file, InferenceRuntime.Edge)], repeats: 0));

    [Fact]
    public void A_file_that_is_no_model_is_named()
    {
        File.WriteAllText(file, "no model");
        foreach (var runtime in Deployment.Runtimes)
            Assert.Contains(file, Assert.Throws<UserException>(() => new Deployment(file, runtime).Open()).Message);
    }
}
