using System.Text.Json;
using DistillKit.Files;
using DistillKit.Graphs.Onnx;

namespace DistillKit.Cli.Tests;

public sealed class RunTests : IDisposable
{
    private static readonly string[] Networks = ["teacher", "baseline", "distill"];
    private static readonly string[] Formats = ["fp32", "int8 static", "int8 dynamic", "int8 QAT"];

    private readonly RunFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_smoke_profile_ends_with_the_table_and_a_second_run_repeats_it_as_JSON_alone()
    {
        string[] arguments = ["run", "--profile", "smoke", "--output", folder["smoke"], "--threads", "1"];
        var first = await Cli.RunAsync(arguments);
        Assert.Equal(0, first.ExitCode);
        // Its networks are so small that rounding may cost them much.
        var warnings = first.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(warnings, line => Assert.StartsWith("distillkit: WARNING: ", line));
        Assert.Equal(Networks, first.Table.Select(row => row[0]).Distinct());
        Assert.Equal(Formats, first.Table.Select(row => row[1]).Distinct());
        Assert.Contains("benchmark.csv, benchmark.json; total time", first.Output);
        Assert.Matches(@"(?m)^plan +about \d+:\d\d on this machine: teacher \d", first.Output);
        Assert.Matches(@"(?m)^teacher +validation .*; about \d+:\d\d left in all\)$", first.Output);
        Assert.DoesNotContain("left in all", first.Output.Split('\n').Last(line => line.StartsWith("benchmark ")));

        var second = await Cli.RunAsync([.. arguments, "--json"]);
        Assert.Equal(0, second.ExitCode);
        Assert.All(
            (string[])[.. Networks, "ptq", "qat", "export", "benchmark"],
            stage => Assert.Matches($"(?m)^{stage} .*\\(from an earlier run\\)$", second.Error));
        var rows = JsonDocument.Parse(second.Output).RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(first.Table.Select(row => row[0]), rows.Select(row => row.GetProperty("name").GetString()!));
        Assert.All(rows, row => Assert.True(row.GetProperty("peakMemoryBytes").GetInt64() > 10_000_000));
    }

    [Fact]
    public async Task One_stage_runs_after_those_that_it_needs_and_no_other()
    {
        var run = await Cli.RunAsync([.. folder.Run("part"), "--stage", "distill"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["distill", "teacher"], Directory.GetDirectories(folder["part"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_run_that_was_interrupted_and_killed_ends_with_the_weights_of_one_that_was_not()
    {
        Assert.Equal(0, (await Cli.RunAsync(folder.Run("whole"))).ExitCode);
        string MetricsOf(string stage) => folder[$"broken/{stage}/metrics.jsonl"];
        var (baseline, distill, aware) = (MetricsOf("baseline"), MetricsOf("distill"), MetricsOf("qat"));

        using (var first = Cli.Start(folder.Run("broken")))
        {
            await first.UntilAsync(baseline, lines: 2);
            first.Interrupt();
            var stopped = await first.ExitAsync();
            Assert.Equal((130, "distillkit: stopped"), (stopped.ExitCode, stopped.Error.Trim()));
        }
        using (var second = Cli.Start(folder.Run("broken")))
        {
            await second.UntilAsync(baseline, lines: Cli.Lines(baseline) + 1);
            second.Kill();
            Assert.NotEqual(0, (await second.ExitAsync()).ExitCode);
        }
        using (var third = Cli.Start(folder.Run("broken")))
        {
            await third.UntilAsync(distill, lines: 2);
            third.Kill();
            await third.ExitAsync();
        }
        using (var fourth = Cli.Start(folder.Run("broken")))
        {
            await fourth.UntilAsync(aware, lines: 2);
            fourth.Kill();
            await fourth.ExitAsync();
        }
        Assert.True(File.Exists(folder["broken/baseline/stage.json"]));
        var last = await Cli.RunAsync(folder.Run("broken"));
        Assert.Equal((0, ""), (last.ExitCode, last.Error));
        Assert.Matches("(?m)^baseline .*from an earlier run", last.Output);
        AssertSameWeights("whole", "broken");
        Assert.Equal(Steps("whole"), Steps("broken"));
    }

    [Fact]
    public async Task A_resumed_run_says_so()
    {
        using var first = Cli.Start(folder.Run("run"));
        await first.UntilAsync(folder["run/baseline/metrics.jsonl"], lines: 1);
        first.Interrupt();
        Assert.Equal(130, (await first.ExitAsync()).ExitCode);
        using var second = Cli.Start([.. folder.Run("run"), "--json"]);
        await second.UntilAsync(folder["run/baseline/metrics.jsonl"], lines: Cli.Lines(folder["run/baseline/metrics.jsonl"]));
        second.Interrupt();
        var stopped = await second.ExitAsync();
        Assert.Equal((130, ""), (stopped.ExitCode, stopped.Output));
        Assert.Matches("(?m)^baseline .*resumed at step [1-9]", stopped.Error);
    }

    [Fact]
    public async Task A_second_run_on_the_same_folder_is_refused_and_disturbs_nothing()
    {
        using var first = Cli.Start(folder.Run("run"));
        await first.UntilAsync(folder["run/teacher/metrics.jsonl"], lines: 0);
        var second = await Cli.RunAsync(folder.Run("run"));
        Assert.Equal((1, ""), (second.ExitCode, second.Output));
        Assert.Contains("another run", Assert.Single(second.Error.TrimEnd().Split('\n')));
        first.Interrupt();
        Assert.Equal(130, (await first.ExitAsync()).ExitCode);
    }

    private void AssertSameWeights(string one, string other)
    {
        foreach (var stage in Networks)
        {
            using var expected = Safetensors.Load(folder[$"{one}/{stage}/model.safetensors"]);
            using var actual = Safetensors.Load(folder[$"{other}/{stage}/model.safetensors"]);
            Assert.Equal(expected.Tensors.Keys, actual.Tensors.Keys);
            foreach (var (name, tensor) in expected.Tensors)
                Assert.True(tensor.bytes.SequenceEqual(actual.Tensors[name].bytes), $"{stage} {name}");
        }
        foreach (var file in (string[])["distill/model.onnx", "ptq/static.onnx", "ptq/dynamic.onnx", "qat/model.onnx"])
            Assert.True(WithoutProvenance(folder[$"{one}/{file}"]).SequenceEqual(WithoutProvenance(folder[$"{other}/{file}"])), file);
    }

    /// <summary>A file's bytes but for its metadata, which has a date.</summary>
    private static byte[] WithoutProvenance(string path) => OnnxFile.ToBytes(OnnxFile.Load(path).With(new Dictionary<string, string>()));

    private IEnumerable<string> Steps(string run) => Networks.Append("qat")
        .SelectMany(stage => File.ReadAllLines(folder[$"{run}/{stage}/metrics.jsonl"])).Select(line => line.Split(',')[0]);
}
