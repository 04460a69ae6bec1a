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
        Assert.True(new DirectoryInfo(Reference).GetFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) < 20_000_000);

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
    public void The_verdicts_of_an_experiment_follow_from_its_runs_whatever_they_are_compared_with()
    {
        var losses = ExperimentTable.Read(Path.Combine(Reference, "losses", "results.json"));
        Assert.Equal(28, losses.Runs.Count);
        Assert.Equal(File.ReadAllText(Path.Combine(Reference, "losses", "results.csv")), losses.Against("alone").ToCsv());
        Assert.Equal("Against alone, 4 seeds: BEATS 6 of 6", losses.Summary());
        Assert.Equal("Against kd, 4 seeds: INCONCLUSIVE 6 of 6", losses.Against("kd").Summary());
        Assert.All(losses.Against("kd").Rows, row => Assert.Equal(row.Recipe == "kd", row.Comparison is null));
        Assert.Contains("alone, kd, decoupled", Assert.Throws<UserException>(() => losses.Against("loud")).Message);
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
