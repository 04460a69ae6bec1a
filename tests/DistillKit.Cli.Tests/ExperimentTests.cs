using System.Text.Json.Nodes;

namespace DistillKit.Cli.Tests;

public sealed class ExperimentTests : IDisposable
{
    private readonly RunFolder folder = new();
    private readonly string file;

    public ExperimentTests()
    {
        file = folder["experiment.json"];
        Write(epochs: 3);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Eight_runs_give_one_table_in_one_process_and_in_four_at_a_time_of_which_one_is_killed()
    {
        var whole = await Cli.RunAsync(Arguments("whole"));
        Assert.Equal((0, ""), (whole.ExitCode, whole.Error));
        Assert.Equal(["alone", "kd"], Rows(whole));
        Assert.Matches("BEATS|WORSE|NO GAIN|INCONCLUSIVE", whole.Output);
        Assert.Contains("8 of 8 runs", whole.Output);

        var shards = Enumerable.Range(0, 4).Select(index => Cli.Start(Arguments("shared", "--shard", $"{index}/4"))).ToArray();
        try
        {
            // The second of this shard's two runs: seed 3, the second recipe being every odd one.
            await shards[1].UntilAsync(folder["shared/runs/kd-s3/distill/metrics.jsonl"], lines: 1);
            shards[1].Kill();
            var ends = await Task.WhenAll(shards.Select(shard => shard.ExitAsync()));
            Assert.Equal([true, false, true, true], ends.Select(end => end.ExitCode == 0));
        }
        finally
        {
            foreach (var shard in shards) shard.Dispose();
        }
        var seven = JsonNode.Parse((await Cli.RunAsync(Arguments("shared", "--table", "--json"))).Output)!;
        Assert.Equal((7, 8), (seven["runs"]!.AsArray().Count, (int)seven["planned"]!));

        var again = await Cli.RunAsync(Arguments("shared", "--shard", "1/4"));
        Assert.Equal(0, again.ExitCode);
        Assert.Matches("(?m)^kd-s1 .*from an earlier run", again.Output);
        Assert.Equal(File.ReadAllBytes(folder["whole/results.csv"]), File.ReadAllBytes(folder["shared/results.csv"]));
        Assert.Equal(Rows(whole), Rows(again));
        Assert.Single(Directory.GetDirectories(folder["shared/shared"]));
    }

    [Fact]
    public async Task Two_processes_cannot_share_a_run_and_a_stopped_one_goes_on()
    {
        Write(epochs: 40);
        var metrics = folder["out/runs/alone-s1/distill/metrics.jsonl"];
        using (var first = Cli.Start(Arguments("out")))
        {
            await first.UntilAsync(metrics, lines: 1);
            var second = await Cli.RunAsync(Arguments("out"));
            Assert.Equal(1, second.ExitCode);
            var line = Assert.Single(second.Error.TrimEnd().Split('\n'));
            Assert.StartsWith("distillkit: Another process is at the run alone-s1", line);
            first.Interrupt();
            var stopped = await first.ExitAsync();
            Assert.Equal((130, "distillkit: stopped"), (stopped.ExitCode, stopped.Error.Trim()));
        }
        using var third = Cli.Start([.. Arguments("out"), "--json"]);
        await third.UntilAsync(metrics, lines: Cli.Lines(metrics));
        third.Interrupt();
        var outcome = await third.ExitAsync();
        Assert.Equal((130, ""), (outcome.ExitCode, outcome.Output));
        Assert.Matches("(?m)^alone-s1 .*resumed at step [1-9]", outcome.Error);
    }

    [Fact]
    public async Task Mistakes_are_one_line_before_anything_is_made()
    {
        File.WriteAllText(file, File.ReadAllText(file).Replace("distillation.alpha", "distillation.alfa"));
        await Refused(1, "recipe alone: 'distillation.alfa' is not in a profile: distillation has alpha", Arguments("out"));
        await Refused(1, "no-such.json", "experiment", folder["no-such.json"]);
        await Refused(2, "A shard is i/n with i from 0 to n - 1", Arguments("out", "--shard", "4/4"));
        await Refused(2, "--shard and --prepare exclude each other", Arguments("out", "--shard", "0/4", "--prepare"));
        await Refused(2, "argument missing", "experiment");
        Assert.False(Directory.Exists(folder["out"]));
    }

    private static async Task Refused(int exitCode, string reason, params string[] arguments)
    {
        var outcome = await Cli.RunAsync(arguments);
        Assert.Equal((exitCode, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(reason, Assert.Single(outcome.Error.TrimEnd().Split('\n')));
    }

    private static string[] Rows(Outcome outcome) => [.. outcome.Table.Select(cells => cells[0])];

    private string[] Arguments(string output, params string[] more) =>
        ["experiment", file, "--output", folder[output], "--threads", "1", .. more];

    private void Write(int epochs) => File.WriteAllText(file, $$"""
        {
          "name": "test", "profile": "tiny.json", "seeds": [1, 2, 3, 4], "baseline": "alone",
          "set": { "student.training.phases": [{ "epochs": {{epochs}}, "resolution": 16 }] },
          "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} }
        }
        """);
}
