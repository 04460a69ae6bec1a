using System.Runtime.CompilerServices;
using System.Text.Json;
using DistillKit.Data;
using DistillKit.Edge;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Quantization.Simulation;
using DistillKit.Runs.Benchmarks;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Experiments.Statistics;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;
using DistillKit.Runs.Tests.Stages;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests;

/// <summary>The committed results: what a newcomer uses without training anything.</summary>
public sealed class ReferenceFilesTests
{
    private static readonly string Reference = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../data/reference"));

    public static TheoryData<string> IntegerFiles =>
        [.. Directory.GetFiles(Path.Combine(Reference, "standard"), "*.onnx").Select(file => Path.GetFileName(file))];

    [Fact]
    public void They_stay_small() =>
        Assert.True(new DirectoryInfo(Reference).GetFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) < 30_000_000);

    [Fact]
    public void The_student_says_where_it_comes_from()
    {
        var (model, info) = ModelFile.Load(Path.Combine(Reference, "standard", "student.safetensors"));
        using (model) Assert.Equal(10, model.Classes);
        Assert.NotNull(info.Recipe);
        Assert.NotNull(info.Seed);
        Assert.NotNull(info.Engine);
        Assert.NotNull(info.Date);
        Assert.InRange(info.Accuracy!.Value, 0.85, 1);
    }

    [Fact]
    public void Their_description_has_the_accuracies_that_were_measured()
    {
        var description = File.ReadAllText(Path.Combine(Reference, "standard", "README.md"));
        var reports = Directory.GetFiles(Path.Combine(Reference, "standard"), "*-test.json");
        Assert.NotEmpty(reports);
        Assert.All(reports, report =>
        {
            using var json = JsonDocument.Parse(File.ReadAllText(report));
            Assert.Contains(FormattableString.Invariant($"{100 * json.RootElement.GetProperty("accuracy").GetDouble():f2} %"), description);
        });
    }

    [Fact]
    public void The_networks_of_profile_quick_in_the_repository_are_those_of_its_recipe()
    {
        using var folder = new TemporaryFolder();
        var events = new PipelineRunTests.Events();
        var stages = Path.Combine(Reference, "quick", "stages");
        using var run = new PipelineRun(Profile.Load("quick"), folder["quick"], events, reference: stages);
        foreach (var stage in run.TrainingStages)
        {
            var (result, path) = run.Train(stage);
            var info = ModelFile.Load(path).Info;
            Assert.Equal((result.ValidationAccuracy, stage.Model.ToJson()), (info.Accuracy, info.Spec.ToJson()));
        }
        run.Quantize();
        run.TrainAware();
        Assert.Equal(["teacher", "baseline", "distill", "ptq", "qat"], events.FromEarlierRun);
        Assert.Empty(events.Started);
    }

    [Fact]
    public void The_benchmark_of_profile_quick_is_of_these_networks()
    {
        var result = BenchmarkResult.Read(Path.Combine(Reference, "quick", BenchmarkResult.FileName));
        string FileOf(params string[] names) => Path.Combine([Reference, "quick", "stages", .. names]);
        foreach (var row in result.Rows.Where(row => row.Format == "fp32"))
            Assert.Equal(ModelFile.Load(FileOf(row.Name, "model.safetensors")).Info.Accuracy, row.ValidationAccuracy);
        long SizeOf(string format) => result.Rows.First(row => row.Format == format).FileBytes;
        Assert.Equal(
            (new FileInfo(FileOf("ptq", "static.onnx")).Length, new FileInfo(FileOf("ptq", "dynamic.onnx")).Length,
                new FileInfo(FileOf("qat", "model.onnx")).Length),
            (SizeOf("int8 static"), SizeOf("int8 dynamic"), SizeOf("int8 QAT")));
    }

    [Fact]
    public void The_experiment_says_what_its_runs_say()
    {
        var path = Path.Combine(Reference, "losses", "results.json");
        var table = ExperimentTable.Read(path);
        using var written = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal(table.Test, written.RootElement.GetProperty("test").GetString());
        Assert.Equal((28, 7), (table.Runs.Count, table.Rows.Count));
        var lines = File.ReadAllLines(Path.Combine(Reference, "losses", "results.csv"));
        foreach (var (index, row) in written.RootElement.GetProperty("rows").EnumerateArray().Skip(1).Index())
        {
            var (comparison, expected) = (row.GetProperty("comparison"), table.Rows[index + 1].Comparison!);
            Assert.Equal(expected.Verdict.Text(), comparison.GetProperty("verdict").GetString());
            Assert.Equal(expected.Corrected!.Low, comparison.GetProperty("corrected").GetProperty("low").GetDouble(), 9);
            Assert.Contains($",{expected.Verdict.Text()},", lines[index + 2]);
        }
        // What its description says, and two notebooks.
        Assert.Equal("Against alone, 4 seeds: 6 of 6 BEATS", table.Summary());
        Assert.Equal("Against kd, 4 seeds: 6 of 6 INCONCLUSIVE", table.Against("kd").Summary());
        Assert.Equal("Against attention, 4 seeds: 6 of 6 WORSE", table.Against("attention").Summary());
    }

    [Theory, MemberData(nameof(IntegerFiles))]
    public void An_integer_file_answers_in_Edge_as_in_the_simulation(string name)
    {
        var path = Path.Combine(Reference, "standard", name);
        using var edge = EdgeModel.Load(path);
        var images = SyntheticImages.Create(100, seed: 1);
        using var loaded = new DeviceImages(images, CPU, Normalization.Of(images));
        using var module = new GraphModule(OnnxFile.Load(path));
        var batch = loaded.Take([.. Enumerable.Range(0, images.Count)]).Images.contiguous();
        using var inference = new InferenceScope(module);
        var expected = module.call(batch).contiguous().data<float>().ToArray();
        var actual = new float[expected.Length];
        edge.Run(batch.data<float>().ToArray(), actual);

        Assert.InRange(RuntimeAgreement.Of(name, expected, actual, edge.Classes).SameTop1, 0.95, 1);
        Assert.Contains("recipe", edge.Metadata.Keys);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
