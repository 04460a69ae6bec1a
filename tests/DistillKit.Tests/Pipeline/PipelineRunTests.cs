using System.Text.Json;
using DistillKit.Data;
using DistillKit.Evaluation;
using DistillKit.Files;
using DistillKit.Models;
using DistillKit.Pipeline;
using DistillKit.Tests.Files;
using DistillKit.Tests.Training;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Pipeline;

[Collection(GlobalSettingsCollection.Name)]
public sealed class PipelineRunTests : IDisposable
{
    private static readonly TrainingRecipe Recipe = new()
    {
        Phases = [new(2, 8)], BatchSize = 20, Optimizer = new(LearningRate: 0.05), Augmentation = new(1), Precision = Precision.Float32,
    };

    private static readonly Profile Tiny = new()
    {
        Name = "tiny", Description = "For tests.", Data = new(DataSource.Synthetic, Training: 100, Validation: 20, Test: 30),
        Teacher = new(new ResNetSpec { Blocks = [1, 1], Width = 0.125 }, Recipe), Student = new(new ResNetSpec { Blocks = [1], Width = 0.125 }, Recipe),
        Distillation = new(), Benchmark = new(LatencyRepeats: 2, ThroughputRepeats: 1),
    };

    private readonly TemporaryFolder folder = new();
    private readonly int threads = get_num_threads();

    public PipelineRunTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(threads);
        folder.Dispose();
    }

    [Fact]
    public async Task A_run_trains_the_networks_and_measures_them()
    {
        var (result, events) = await Run(Tiny);
        Assert.Equal(["teacher", "baseline", "distill"], result.Rows.Select(row => row.Name));
        Assert.Equal(["data", "teacher", "baseline", "distill", "benchmark"], events.Started);
        Assert.Equal(events.Started, events.Finished);
        Assert.Empty(events.FromEarlierRun);
        Assert.Equal(3 * 10, events.Steps);
        foreach (var row in result.Rows)
        {
            var path = folder[$"run/{row.Name}/model.safetensors"];
            var (model, info) = ModelFile.Load(path);
            using var loaded = model;
            using var test = new DeviceImages(SyntheticImages.Create(30, ~Tiny.Seed), CPU, Normalization.Of(SyntheticImages.Create(120, Tiny.Seed)));
            Assert.Equal(row.Accuracy, Evaluator.Evaluate(model, test, SyntheticImages.ClassNames).Accuracy);
            Assert.Equal(new FileInfo(path).Length, row.FileBytes);
            Assert.Equal(1000 + row.FileBytes, row.PeakMemoryBytes);
            Assert.Equal(((long?)Tiny.Seed, row.ValidationAccuracy), (info.Seed, info.Accuracy!.Value));
            Assert.Equal(row.Name, JsonDocument.Parse(info.Recipe!).RootElement.GetProperty("stage").GetString());
            Assert.True(row is { Parameters: > 0, MultiplyAccumulates: > 0, LatencyMilliseconds: > 0, ImagesPerSecond: > 0, TrainingSeconds: > 0 });
            Assert.False(File.Exists(folder[$"run/{row.Name}/checkpoint.safetensors"]));
        }
    }

    [Fact]
    public async Task The_results_are_written_as_JSON_and_CSV()
    {
        var (result, _) = await Run(Tiny);
        Assert.Equal(result.ToJson(), File.ReadAllText(folder["run/benchmark.json"]).TrimEnd());
        var lines = File.ReadAllLines(folder["run/benchmark.csv"]);
        var columns = lines[0].Split(',');
        Assert.Equal(["name", "accuracy"], columns[..2]);
        Assert.Equal(["teacher", "baseline", "distill"], lines[1..].Select(line => line.Split(',')[0]));
        Assert.All(lines, line => Assert.Equal(columns.Length, line.Split(',').Length));
    }

    [Fact]
    public async Task A_second_run_does_nothing_again()
    {
        var (first, _) = await Run(Tiny);
        var (second, events) = await Run(Tiny with { Description = "Another text." });
        Assert.Equal(first.ToJson(), second.ToJson());
        Assert.Equal(["data"], events.Started);
        Assert.Equal(["teacher", "baseline", "distill", "benchmark"], events.FromEarlierRun);
        Assert.Equal(0, events.Steps);
    }

    [Fact]
    public async Task Other_distillation_numbers_only_distill_again()
    {
        await Run(Tiny);
        Assert.Equal(["data", "distill", "benchmark"], (await Run(Tiny with { Distillation = new(Temperature: 2) })).Events.Started);
    }

    [Fact]
    public async Task Another_teacher_also_distills_again()
    {
        await Run(Tiny);
        var profile = Tiny with { Teacher = Tiny.Teacher with { Training = Recipe with { LabelSmoothing = 0.1 } } };
        Assert.Equal(["data", "teacher", "distill", "benchmark"], (await Run(profile)).Events.Started);
    }

    [Fact]
    public async Task Another_seed_runs_everything_again()
    {
        await Run(Tiny);
        Assert.Equal(["data", "teacher", "baseline", "distill", "benchmark"], (await Run(Tiny with { Seed = 2 })).Events.Started);
    }

    [Fact]
    public async Task Other_benchmark_numbers_only_measure_again()
    {
        await Run(Tiny);
        Assert.Equal(["data", "benchmark"], (await Run(Tiny with { Benchmark = new(3, 1) })).Events.Started);
    }

    [Fact]
    public async Task A_deleted_model_is_trained_again()
    {
        await Run(Tiny);
        File.Delete(folder["run/baseline/model.safetensors"]);
        Assert.Equal(["data", "baseline"], (await Run(Tiny)).Events.Started);
    }

    [Fact]
    public async Task Baseline_and_distillation_differ_in_nothing_but_the_teacher()
    {
        // A teacher without a say: the same start, the same images in the same order, so the same weights.
        await Run(Tiny with { Distillation = new(Alpha: 0) });
        using var baseline = Safetensors.Load(folder["run/baseline/model.safetensors"]);
        using var distilled = Safetensors.Load(folder["run/distill/model.safetensors"]);
        TinyTraining.AssertSame(baseline.Tensors, distilled.Tensors);
    }

    [Fact]
    public async Task A_run_that_was_stopped_in_any_stage_ends_as_if_it_had_not_been()
    {
        foreach (var (stage, step) in (IEnumerable<(string, int)>)[("teacher", 3), ("baseline", 10), ("distill", 7)])
        {
            using var cancellation = new CancellationTokenSource();
            var events = new Events { OnStep = (name, done) => { if ((name, done) == (stage, step)) cancellation.Cancel(); } };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(Tiny, "stopped", events, cancellation.Token));
        }
        var resumed = new Events();
        await Run(Tiny, "stopped", resumed);
        Assert.Equal(["teacher", "baseline"], resumed.FromEarlierRun);
        Assert.Equal(("distill", 7), Assert.Single(resumed.Resumed));
        await Run(Tiny);
        foreach (var stage in (string[])["teacher", "baseline", "distill"])
        {
            using var expected = Safetensors.Load(folder[$"run/{stage}/model.safetensors"]);
            using var actual = Safetensors.Load(folder[$"stopped/{stage}/model.safetensors"]);
            TinyTraining.AssertSame(expected.Tensors, actual.Tensors);
        }
    }

    [Fact]
    public void A_stage_trains_what_it_needs_first()
    {
        var events = new Events();
        using var run = new PipelineRun(Tiny, folder["run"], events, CPU);
        run.Train(run.TrainingStages.Single(stage => stage.Name == "distill"));
        Assert.Equal(["teacher", "distill"], events.Started);
    }

    private async Task<(BenchmarkResult Result, Events Events)> Run(Profile profile, string name = "run", Events? events = null, CancellationToken cancellation = default)
    {
        events ??= new();
        using var run = new PipelineRun(profile, folder[name], events, CPU);
        return (await run.RunAsync(path => 1000 + new FileInfo(path).Length, cancellation), events);
    }

    private sealed class Events : IPipelineObserver
    {
        public List<string> Started { get; } = [];

        public List<(string Stage, int Step)> Resumed { get; } = [];

        public List<string> Finished { get; } = [];

        public List<string> FromEarlierRun { get; } = [];

        public int Steps { get; private set; }

        public Action<string, int>? OnStep { get; init; }

        void IPipelineObserver.Started(string stage, string description, int resumedStep)
        {
            Started.Add(stage);
            if (resumedStep > 0) Resumed.Add((stage, resumedStep));
        }

        public void Trained(TrainingProgress progress)
        {
            Steps++;
            OnStep?.Invoke(Started[^1], progress.Step);
        }

        public void Installed(DataProgress progress) { }

        public void Advanced(string part) { }

        void IPipelineObserver.Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun) => (isFromEarlierRun ? FromEarlierRun : Finished).Add(stage);
    }
}
