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
    public void A_file_that_cannot_be_used_fails_alone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["broken.onnx"], "no model");
        Deployment[] deployments = [.. from path in (string[])[folder["broken.onnx"], file]
            from runtime in Deployment.Runtimes select new Deployment(path, runtime)];
        var speeds = DeploymentProbe.Measure(deployments, latencyRepeats: 3, throughputRepeats: 1);
        Assert.Equal(deployments, speeds.Select(speed => speed.Deployment));
        Assert.All(speeds.Take(Deployment.Runtimes.Count), speed =>
        {
            Assert.Contains(folder["broken.onnx"], speed.Reason);
            Assert.Equal((null, null), (speed.Latency, speed.ImagesPerSecond));
        });
        Assert.All(speeds.Skip(Deployment.Runtimes.Count),
            speed => Assert.True(speed is { Reason: null, Runtime: not null, Latency.Repeats: 3, ImagesPerSecond: > 0 }));
    }

    [Fact]
    public async Task Measuring_stops_at_once_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var work = Task.Run(() => DeploymentProbe.Measure([new(file, InferenceRuntime.Edge)], 1_000_000, 1, 1, stop.Token));
        await Assert.ThrowsAsync<OperationCanceledException>(() => work.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void No_threads_are_refused_in_every_runtime()
    {
        foreach (var runtime in Deployment.Runtimes)
        {
            var refusal = Assert.Throws<UserException>(() => new Deployment(file, runtime).Open(threads: 0)).Message;
            Assert.Contains("at least 1 thread", refusal);
        }
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
