using System.Text.Json;
using System.Text.Json.Nodes;
using DistillKit.Data;
using DistillKit.Files;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Simulation;
using DistillKit.Runs.Benchmarks;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests.Stages;

[Collection(GlobalSettingsCollection.Name)]
public sealed class PipelineRunTests : IDisposable
{
    internal static readonly TrainingRecipe Recipe = new()
    {
        Phases = [new(2, 8)],
        BatchSize = 20,
        Optimizer = new(LearningRate: 0.05),
        Augmentation = new(1),
        Precision = Precision.Float32,
    };

    internal static readonly Profile Tiny = new()
    {
        Name = "tiny",
        Description = "For tests.",
        Data = new(DataSource.Synthetic, Training: 100, Validation: 20, Test: 30),
        Teacher = new(new ResNetSpec { Blocks = [1, 1], Width = 0.125 }, Recipe),
        Student = new(new ResNetSpec { Blocks = [1], Width = 0.125 }, Recipe),
        Distillation = new(),
        Quantization = new() { CalibrationImages = 20, Training = Recipe with { Phases = [new(1, 8)] } },
        Benchmark = new(LatencyRepeats: 2, ThroughputRepeats: 1),
    };

    private static readonly string[] Networks = ["teacher", "baseline", "distill"];
    private static readonly string[] Stages = ["data", .. Networks, "ptq", "qat", "export", "benchmark"];

    // Networks in floating point run on one runtime, integer networks on all that this machine has.
    private static readonly int Runtimes = OnnxRuntimeModel.RuntimeVersion is null ? 1 : 2;

    private readonly TemporaryFolder folder = new();
    private readonly int threads = get_num_threads();

    public PipelineRunTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(threads);
        folder.Dispose();
    }

    [Fact]
    public async Task A_run_trains_the_networks_and_measures_their_files()
    {
        var (result, events) = await Run(Tiny);
        Assert.Equal(Stages, events.Started);
        Assert.Equal(events.Started, events.Finished);
        Assert.Empty(events.FromEarlierRun);
        Assert.Equal(3 * 10 + 5, events.Steps);

        var integers = ((string[])["int8 static", "int8 dynamic", "int8 QAT"])
            .SelectMany(format => Enumerable.Repeat(("distill", format), Runtimes));
        Assert.Equal([.. Networks.Select(name => (name, "fp32")), .. integers], result.Rows.Select(row => (row.Name, row.Format)));
        Assert.Equal(Runtimes, result.Rows.Select(row => row.Runtime.Split(' ')[0]).Distinct().Count());
        foreach (var row in result.Rows)
        {
            var graph = OnnxFile.Load(FileOf(row));
            Assert.Equal(new FileInfo(FileOf(row)).Length, row.FileBytes);
            Assert.Equal(1000 + row.FileBytes, row.PeakMemoryBytes);
            Assert.Equal((graph.Parameters, graph.MultiplyAccumulates), (row.Parameters, row.MultiplyAccumulates));
            Assert.Equal(row.Format != "fp32", graph.Layers.All(layer => layer.WeightQuantization is not null));
            Assert.True(row is { Accuracy: >= 0 and <= 1, LatencyMilliseconds: > 0, ImagesPerSecond: > 0, Seconds: >= 0 });
        }
    }

    [Fact]
    public async Task The_files_say_where_they_come_from_and_what_they_expect()
    {
        var (result, _) = await Run(Tiny);
        var normalization = Normalization.Of(SyntheticImages.Create(120, Tiny.Seed));
        foreach (var row in result.Rows)
        {
            var about = OnnxFile.Load(FileOf(row)).Metadata;
            Assert.Equal((row.Model, $"{Tiny.Seed}"), (about["spec"], about["seed"]));
            if (row.Format != "int8 dynamic") Assert.Equal(row.ValidationAccuracy, double.Parse(about["accuracy"]));
            Assert.Equal(normalization.Mean, about["mean"].Split(',').Select(float.Parse));
            Assert.Equal(normalization.Deviation, about["deviation"].Split(',').Select(float.Parse));
            Assert.Equal(SyntheticImages.ClassNames, about["classes"].Split(','));
            Assert.Equal("tiny", JsonDocument.Parse(about["recipe"]).RootElement.GetProperty("profile").GetString());
        }
    }

    /// <summary>Ten classes with ten images each.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(5000)]
    public void Calibration_takes_equally_many_images_of_each_class_whatever_is_asked_for(int images)
    {
        var profile = Tiny with { Quantization = Tiny.Quantization with { CalibrationImages = images } };
        using var run = new PipelineRun(profile, folder["run"], new Events(), CPU);
        run.Quantize();
        Assert.True(File.Exists(folder["run/ptq/static.onnx"]));
    }

    [Fact]
    public async Task A_deployed_network_is_as_accurate_as_the_one_that_was_trained()
    {
        var (result, _) = await Run(Tiny);
        foreach (var row in result.Rows.Take(Networks.Length))
        {
            var (model, info) = ModelFile.Load(folder[$"run/{row.Name}/model.safetensors"]);
            using var loaded = model;
            using var test = new DeviceImages(SyntheticImages.Create(30, ~Tiny.Seed), CPU,
                Normalization.Of(SyntheticImages.Create(120, Tiny.Seed)));
            Assert.Equal(Evaluator.Evaluate(model, test, SyntheticImages.ClassNames).Accuracy, row.Accuracy);
            Assert.Equal(((long?)Tiny.Seed, row.ValidationAccuracy), (info.Seed, info.Accuracy!.Value));
            Assert.Equal(row.Name, JsonDocument.Parse(info.Recipe!).RootElement.GetProperty("stage").GetString());
            Assert.False(File.Exists(folder[$"run/{row.Name}/checkpoint.safetensors"]));
        }
        Assert.False(File.Exists(folder["run/qat/checkpoint.safetensors"]));
    }

    [Fact]
    public async Task The_results_are_written_as_JSON_and_CSV()
    {
        var (result, _) = await Run(Tiny);
        Assert.Equal(result.ToJson(), File.ReadAllText(folder["run/benchmark.json"]).TrimEnd());
        var reports = JsonSerializer.Deserialize<TestReport[]>(File.ReadAllText(folder["run/test-reports.json"]),
            JsonSerializerOptions.Web)!;
        var firsts = result.Rows.DistinctBy(row => (row.Name, row.Format));
        Assert.Equal(firsts.Select(row => (row.Name, row.Format, row.Accuracy)),
            reports.Select(report => (report.Name, report.Format, report.Report.Accuracy)));
        var lines = File.ReadAllLines(folder["run/benchmark.csv"]);
        var columns = lines[0].Split(',');
        Assert.Equal(["name", "format", "runtime", "accuracy"], columns[..4]);
        Assert.Equal(result.Rows.Select(row => $"{row.Name},{row.Format},{row.Runtime}"),
            lines[1..].Select(line => string.Join(',', line.Split(',')[..3])));
        Assert.All(lines, line => Assert.Equal(columns.Length, line.Split(',').Length));
    }

    [Fact]
    public async Task What_cannot_be_measured_leaves_a_gap_with_the_reason()
    {
        using var run = new PipelineRun(Tiny, folder["run"], new Events(), CPU);
        var result = await run.RunAsync(deployment => deployment.Path.Contains("dynamic") ? throw new UserException("no memory") : 1);
        Assert.Equal(Runtimes, result.Gaps!.Count);
        Assert.All(result.Gaps, gap => Assert.Equal(("distill", "int8 dynamic", "no memory"), (gap.Name, gap.Format, gap.Reason)));
        Assert.Equal(Networks.Length + 2 * Runtimes, result.Rows.Count);
        Assert.DoesNotContain("dynamic", File.ReadAllText(folder["run/benchmark.csv"]));
    }

    [Fact]
    public async Task Networks_that_are_trained_at_the_same_time_become_what_each_becomes_alone()
    {
        string[] networks = [StageNames.Teacher, StageNames.Baseline];
        var student = Tiny.Student with { Training = Tiny.Student.Training with { Views = new(2) } };
        var stored = Tiny with { Student = student, Distillation = new(Stored: true) };
        var answers = folder["run/teacher/soft-targets"];
        byte[][] Tensors() =>
        [
            .. networks.Select(name => File.ReadAllBytes(folder[$"run/{name}/model.safetensors"])),
            .. Directory.GetFiles(answers, "*.safetensors", SearchOption.AllDirectories).Order().Select(File.ReadAllBytes),
        ];
        set_num_threads(2);
        var (_, events) = await Run(stored);
        var together = Tensors();
        Assert.Equal([.. networks, "soft-targets"], Assert.Single(events.Plans).Parts[0].Stages);
        Assert.Single(events.Started, "soft-targets");
        Assert.Equal(2, get_num_threads());

        set_num_threads(1);
        using var alone = new PipelineRun(stored, folder["run"], new Events(), CPU);
        Directory.Delete(answers, recursive: true);
        foreach (var name in (string[])[.. networks, StageNames.Student])
        {
            alone.Forget(name);
            await alone.RunStageAsync(name);
        }
        Assert.Equal(4, together.Length);
        Assert.All(together.Zip(Tensors()), pair => Assert.Equal(DateFree(pair.First), DateFree(pair.Second)));
    }

    [Fact]
    public async Task A_run_says_before_it_trains_how_long_each_part_will_take()
    {
        var (_, events) = await Run(Tiny);
        var plan = Assert.Single(events.Plans);
        string[] planned = ["teacher", "baseline", "distill", "qat", "ptq", "export", "benchmark"];
        Assert.Equal(planned, plan.Parts.SelectMany(part => part.Stages));
        Assert.All(plan.Parts, part => Assert.InRange(part.Time, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)));

        var (_, second) = await Run(Tiny);
        Assert.Empty(second.Plans);
    }

    [Fact]
    public async Task A_second_run_does_nothing_again()
    {
        var (first, _) = await Run(Tiny);
        var (second, events) = await Run(Tiny with { Description = "Another text." });
        Assert.Equal(first.ToJson(), second.ToJson());
        Assert.Equal(["data"], events.Started);
        Assert.Equal(Stages[1..], events.FromEarlierRun);
        Assert.Equal(0, events.Steps);
    }

    [Fact]
    public async Task Other_distillation_numbers_only_distill_again()
    {
        await Run(Tiny);
        var (_, events) = await Run(Tiny with { Distillation = new(Temperature: 2) });
        Assert.Equal(["data", "distill", "ptq", "qat", "export", "benchmark"], events.Started);
    }

    [Fact]
    public async Task Another_teacher_also_distills_again()
    {
        await Run(Tiny);
        var profile = Tiny with { Teacher = Tiny.Teacher with { Training = Recipe with { LabelSmoothing = 0.1 } } };
        Assert.Equal(["data", "teacher", "distill", "ptq", "qat", "export", "benchmark"], (await Run(profile)).Events.Started);
    }

    [Fact]
    public async Task Another_seed_runs_everything_again()
    {
        await Run(Tiny);
        Assert.Equal(Stages, (await Run(Tiny with { Seed = 2 })).Events.Started);
    }

    [Fact]
    public async Task Other_benchmark_numbers_only_measure_again()
    {
        await Run(Tiny);
        Assert.Equal(["data", "benchmark"], (await Run(Tiny with { Benchmark = new(3, 1) })).Events.Started);
    }

    [Fact]
    public async Task Another_plan_quantizes_again_and_another_aware_recipe_trains_the_rounded_network_again()
    {
        await Run(Tiny);
        var fourBits = new PostTrainingRecipe { Plan = new() { Weights = QuantizationScheme.Weights with { Bits = 4 } } };
        var plan = Tiny with { Quantization = Tiny.Quantization with { PostTraining = fourBits } };
        Assert.Equal(["data", "ptq", "qat", "export", "benchmark"], (await Run(plan)).Events.Started);
        var aware = plan with { Quantization = plan.Quantization with { Aware = new(RangeLearning.Learned, RangeLearning.Learned) } };
        Assert.Equal(["data", "qat", "export", "benchmark"], (await Run(aware)).Events.Started);
    }

    [Fact]
    public async Task A_deleted_file_is_made_again()
    {
        await Run(Tiny);
        File.Delete(folder["run/ptq/dynamic.onnx"]);
        Assert.Equal(["data", "ptq"], (await Run(Tiny)).Events.Started);
        File.Delete(folder["run/qat/model.onnx"]);
        Assert.Equal(["data", "qat"], (await Run(Tiny)).Events.Started);
        File.Delete(folder["run/baseline/model.onnx"]);
        Assert.Equal(["data", "export"], (await Run(Tiny)).Events.Started);
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
        foreach (var (stage, step) in (IEnumerable<(string, int)>)[("teacher", 3), ("baseline", 10), ("distill", 7), ("qat", 3)])
        {
            using var cancellation = new CancellationTokenSource();
            var events = new Events { OnStep = (name, done) => { if ((name, done) == (stage, step)) cancellation.Cancel(); } };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(Tiny, "stopped", events, cancellation.Token));
        }
        var resumed = new Events();
        await Run(Tiny, "stopped", resumed);
        Assert.Equal([.. Networks, "ptq"], resumed.FromEarlierRun);
        Assert.Equal(("qat", 3), Assert.Single(resumed.Resumed));
        await Run(Tiny);
        SameGraph.Assert(OnnxFile.Load(folder["run/qat/model.onnx"]), OnnxFile.Load(folder["stopped/qat/model.onnx"]));
        foreach (var stage in Networks)
        {
            using var expected = Safetensors.Load(folder[$"run/{stage}/model.safetensors"]);
            using var actual = Safetensors.Load(folder[$"stopped/{stage}/model.safetensors"]);
            TinyTraining.AssertSame(expected.Tensors, actual.Tensors);
        }
    }

    [Theory]
    [InlineData("ptq", "ptq/static.onnx")]
    [InlineData("export", "teacher/model.onnx")]
    [InlineData("benchmark", "benchmark.json")]
    public async Task Every_stage_stops_at_once_when_it_is_cancelled(string stage, string file)
    {
        using var stop = new CancellationTokenSource();
        var events = new Events { OnStarted = name => { if (name == stage) stop.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(Tiny, "run", events, stop.Token));
        Assert.Equal(stage, events.Started[^1]);
        Assert.False(File.Exists(folder[$"run/{stage}/stage.json"]));
        Assert.Equal(stage == "export", File.Exists(folder[$"run/{file}"]));
    }

    [Fact]
    public void A_quantization_that_loses_much_is_said_loudly_also_when_an_earlier_run_has_done_it()
    {
        using (var first = new PipelineRun(Tiny, folder["run"], new Events(), CPU)) first.Quantize();
        var record = JsonNode.Parse(File.ReadAllText(folder["run/ptq/stage.json"]))!;
        (record["result"]!["float"], record["result"]!["static"], record["result"]!["dynamic"]) = (0.9, 0.5, 0.89);
        File.WriteAllText(folder["run/ptq/stage.json"], record.ToJsonString());
        var events = new Events();
        using var run = new PipelineRun(Tiny, folder["run"], events, CPU);
        for (var time = 0; time < 2; time++) run.Quantize();
        Assert.StartsWith("static: Quantization lost 40.0 points of accuracy", Assert.Single(events.Warnings));
    }

    [Fact]
    public void A_stage_trains_what_it_needs_first()
    {
        var events = new Events();
        using var run = new PipelineRun(Tiny, folder["run"], events, CPU);
        run.Train(run.TrainingStages.Single(stage => stage.Name == "distill"));
        Assert.Equal(["teacher", "distill"], events.Started);
    }

    [Fact]
    public void A_finished_stage_whose_recipe_gains_restarts_is_trained_on()
    {
        var longer = Recipe with { Phases = [.. Recipe.Phases, new(1, 8, Restart: 0.5), new(1, Restart: 0.1)], AverageDecay = 0.9 };
        var once = longer.BeforeRestart()!.BeforeRestart()!;
        var events = new Events();
        Train("run", once, events);
        Train("run", longer, events);
        Assert.Equal([("teacher", 10)], events.Resumed);
        Train("straight", longer, events);
        using (var expected = Safetensors.Load(folder["straight/teacher/model.safetensors"]))
        using (var actual = Safetensors.Load(folder["run/teacher/model.safetensors"]))
            TinyTraining.AssertSame(expected.Tensors, actual.Tensors);
        // Neither a shorter recipe nor one that differs elsewhere goes on from it.
        Train("run", once, events);
        Train("run", longer with { LabelSmoothing = 0.1 }, events);
        Assert.Single(events.Resumed);
    }

    private void Train(string name, TrainingRecipe recipe, Events events)
    {
        using var run = new PipelineRun(Tiny with { Teacher = Tiny.Teacher with { Training = recipe } }, folder[name], events, CPU);
        run.Train(run.TrainingStages[0]);
    }

    private async Task<(BenchmarkResult Result, Events Events)> Run(
        Profile profile, string name = "run", Events? events = null, CancellationToken cancellation = default)
    {
        events ??= new();
        using var run = new PipelineRun(profile, folder[name], events, CPU);
        return (await run.RunAsync(deployment => 1000 + new FileInfo(deployment.Path).Length, cancellation), events);
    }

    /// <summary>The tensors of a file: what is said about it has its date.</summary>
    private static byte[] DateFree(byte[] file) => file[(8 + (int)BitConverter.ToUInt64(file))..];

    private string FileOf(BenchmarkRow row) => folder[row.Format switch
    {
        "int8 static" => "run/ptq/static.onnx",
        "int8 dynamic" => "run/ptq/dynamic.onnx",
        "int8 QAT" => "run/qat/model.onnx",
        _ => $"run/{row.Name}/model.onnx",
    }];

    internal sealed class Events : IRunProgress
    {
        public List<string> Started { get; } = [];

        public List<(string Stage, int Step)> Resumed { get; } = [];

        public List<string> Finished { get; } = [];

        public List<string> FromEarlierRun { get; } = [];

        public int Steps { get; private set; }

        public List<string> Warnings { get; } = [];

        public List<RunPlan> Plans { get; } = [];

        public Action<string>? OnStarted { get; init; }

        public Action<string, int>? OnStep { get; init; }

        public Action<string>? OnFinished { get; init; }

        void IRunProgress.Planned(RunPlan plan) => Plans.Add(plan);

        void IRunProgress.Started(string stage, string description, int resumedStep)
        {
            Started.Add(stage);
            if (resumedStep > 0) Resumed.Add((stage, resumedStep));
            OnStarted?.Invoke(stage);
        }

        public void Trained(TrainingProgress progress)
        {
            Steps++;
            OnStep?.Invoke(Started[^1], progress.Step);
        }

        public void Installed(DataProgress progress) { }

        public void Advanced(string part) { }

        public void Warned(string text) => Warnings.Add(text);

        void IRunProgress.Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun)
        {
            (isFromEarlierRun ? FromEarlierRun : Finished).Add(stage);
            OnFinished?.Invoke(stage);
        }
    }
}
