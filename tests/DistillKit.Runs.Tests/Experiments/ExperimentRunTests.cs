using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DistillKit.Data;
using DistillKit.Files;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Stages;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests.Experiments;

[Collection(GlobalSettingsCollection.Name)]
public sealed class ExperimentRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly int threads = get_num_threads();

    public ExperimentRunTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(threads);
        folder.Dispose();
    }

    [Fact]
    public void Recipes_of_one_seed_start_from_the_same_weights_and_see_the_same_images()
    {
        // The same recipe by another name, and one whose change has no effect on what is learned, end with the same weights.
        var (run, events) = Run("""
            "recipes": {
              "alone": { "distillation.alpha": 0 }, "same": { "distillation.alpha": 0 },
              "cold": { "distillation.alpha": 0, "distillation.temperature": 1 }, "kd": {}
            }
            """);
        Assert.Equal(["teacher", .. run.Experiment.Runs.Select(planned => planned.Id)], events.Started);
        Assert.Equal(events.Started, events.Finished);
        Assert.True(SameWeights("alone-s1", "same-s1"));
        Assert.True(SameWeights("alone-s1", "cold-s1"));
        Assert.False(SameWeights("alone-s1", "kd-s1"));
        Assert.False(SameWeights("alone-s1", "alone-s2"));
        var rows = run.Table().Rows;
        Assert.All(rows, row => Assert.Equal((2, 1.0), (row.Count, row.Pixels)));
        Assert.All(rows.Take(3), row => Assert.Equal(rows[0].Mean, row.Mean));
    }

    [Fact]
    public void What_has_finished_is_not_run_again_until_its_recipe_changes_and_what_is_not_listed_does_not_count()
    {
        Run("""  "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} }  """);
        var (again, nothing) = Run("""  "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} }  """);
        Assert.Empty(nothing.Started);
        Assert.Equal(4, again.Table().Runs.Count);
        var (changed, events) = Run(
            """  "seeds": [1, 3], "recipes": { "alone": { "distillation.alpha": 0 }, "kd": { "distillation.temperature": 2 } }  """);
        Assert.Equal(["kd-s1", "alone-s3", "kd-s3"], events.Started);
        Assert.Equal(["alone-s1", "kd-s1", "alone-s3", "kd-s3"], changed.Table().Runs.Select(result => result.Id));
    }

    [Fact]
    public void A_test_metric_is_measured_after_the_training_that_has_been_done()
    {
        Run("""  "recipes": { "alone": {} }  """);
        var (run, events) = Run("""  "recipes": { "alone": {} }, "metric": "Test"  """);
        Assert.Empty(events.Started);
        Assert.All(run.Table().Runs, result => Assert.Equal(result.Accuracy * 30, Math.Round(result.Accuracy * 30), 9));
        Assert.All(run.Table().Runs, result => Assert.Equal(result.ValidationAccuracy * 20, Math.Round(result.ValidationAccuracy * 20), 9));
    }

    [Fact]
    public void Preparing_trains_the_teachers_alone_each_once()
    {
        var fields = """
            "recipes": { "alone": {}, "kd": { "distillation.temperature": 2 }, "large": { "teacher.model.width": 0.25 } }
            """;
        var prepared = New(fields);
        prepared.Run.Prepare();
        Assert.Equal(["teacher", "teacher"], prepared.Events.Started);
        Assert.Empty(prepared.Run.Table().Runs);
        var (_, events) = Run(fields);
        Assert.Equal(6, events.Started.Count);
        Assert.DoesNotContain("teacher", events.Started);
    }

    [Fact]
    public async Task A_teacher_that_another_process_trains_is_waited_for()
    {
        var fields = """  "recipes": { "alone": {} }  """;
        New(fields).Run.Prepare();
        var place = Directory.GetDirectories(folder["out/shared"]).Single();
        // As if the other process were still at it.
        File.Move(Path.Combine(place, "teacher/stage.json"), folder["stage.json"]);
        var (run, events) = New(fields);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Task running;
        using (StageStore.Open(place))
        {
            running = Task.Run(() => run.Run(Shard.All, stop.Token), stop.Token);
            while (events.Descriptions.IsEmpty) await Task.Delay(5, stop.Token);
            Assert.Equal("waits for another process that trains it", events.Descriptions.Single());
            File.Move(folder["stage.json"], Path.Combine(place, "teacher/stage.json"));
        }
        await running;
        Assert.Equal(["teacher", "alone-s1", "alone-s2"], events.Started);
        Assert.Equal(2, run.Table().Runs.Count);
    }

    [Fact]
    public void A_run_that_another_process_is_at_is_refused_and_left_alone()
    {
        var (run, _) = New("""  "recipes": { "alone": {} }  """);
        using var other = StageStore.Open(run.FolderOf(run.Experiment.Runs[1]));
        var message = Assert.Throws<UserException>(() => run.Run(Shard.All)).Message;
        Assert.Contains("Another process is at the run alone-s2", message);
        Assert.DoesNotContain('\n', message);
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(other.Folder).Select(Path.GetFileName));
        Assert.Single(run.Table().Runs);
    }

    [Theory]
    [InlineData("results.csv")]
    [InlineData("results.json")]
    public void A_table_that_no_experiment_has_written_is_not_overwritten(string name)
    {
        var (run, events) = New("""  "recipes": { "alone": {} }  """);
        Directory.CreateDirectory(folder["out"]);
        File.WriteAllText(folder[$"out/{name}"], "mine");
        foreach (var work in (Action[])[() => run.Run(Shard.All), () => run.Prepare()])
            Assert.Contains($"No experiment has written {folder[$"out/{name}"]}", Assert.Throws<UserException>(work).Message);
        Assert.Empty(events.Started);
        Assert.Equal("mine", File.ReadAllText(folder[$"out/{name}"]));
    }

    [Fact]
    public void A_table_of_some_runs_pairs_the_seeds_that_both_have()
    {
        var (run, _) = New("""  "seeds": [1, 2, 3], "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} }  """);
        run.Run(new Shard(0, 4));
        run.Run(new Shard(1, 4));
        Assert.Equal(["alone-s1", "kd-s1", "alone-s3", "kd-s3"], run.Table().Runs.Select(result => result.Id));
        run.Run(new Shard(2, 4));
        var rows = run.Table().Rows;
        Assert.Equal((3, 2, 2), (rows[0].Count, rows[1].Count, rows[1].Comparison!.Pairs));
        Assert.Null(rows[0].Comparison);
        double Of(string recipe, IEnumerable<FinishedRun> pair) => pair.Single(result => result.Recipe == recipe).Accuracy;
        var pairs = run.Table().Runs.Where(result => result.Seed != 2).GroupBy(result => result.Seed);
        var differences = pairs.Select(pair => Of("kd", pair) - Of("alone", pair));
        Assert.Equal(differences.Average(), rows[1].Comparison!.Difference, 12);
    }

    [Fact]
    public void A_free_budget_is_shown_against_the_baselines()
    {
        var (run, _) = Run("""
            "budget": "Free",
            "recipes": {
              "alone": {}, "long": { "student.training.phases": [{ "epochs": 2, "resolution": 8 }, { "epochs": 1, "resolution": 16 }] }
            }
            """);
        // One epoch at 8 pixels against two of them and one at 16: (2 + 4) / 1.
        Assert.Equal([1, 6], run.Table().Rows.Select(row => row.Pixels!.Value));
    }

    [Fact]
    public void The_files_of_the_table_have_every_run_with_its_provenance()
    {
        Run("""
            "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} }, "grid": { "student.training.schedule": [{ "warmUp": 0.1 }] }
            """);
        var lines = File.ReadAllLines(folder["out/results.csv"]);
        Assert.Equal(
            "recipe,student.training.schedule,n,mean,low,high,pairs,difference,differenceLow,differenceHigh,correctedLow,correctedHigh,p,"
            + "adjustedP,verdict,pixels", lines[0]);
        Assert.StartsWith("alone,,2,0.", lines[1]);
        Assert.StartsWith("\"kd\",\"{\"\"warmUp\"\":0.1}\",2,0.".Replace("\"kd\"", "kd"), lines[2]);
        var json = JsonNode.Parse(File.ReadAllText(folder["out/results.json"]))!;
        Assert.Equal(["alone", "kd", "alone", "kd"], json["runs"]!.AsArray().Select(result => result!["recipe"]!.ToString()));
        Assert.All(json["runs"]!.AsArray(),
            result => Assert.All(new[] { "seed", "seconds", "machine", "version", "date" }, field => Assert.NotNull(result![field])));
        Assert.Contains("paired t test over seeds against alone", json["test"]!.ToString());
    }

    [Fact]
    public void A_table_that_is_read_is_judged_again_and_can_be_compared_with_another_recipe()
    {
        var (run, _) = Run("""  "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} }  """);
        var path = folder["out/results.json"];
        var text = File.ReadAllText(path);
        File.WriteAllText(path, Regex.Replace(text, "\"verdict\": \"[A-Z ]+\"", "\"verdict\": \"NO BEATS\""));
        var (read, table) = (ExperimentTable.Read(path), run.Table());
        Assert.Equal((table.ToCsv(), table.Test), (read.ToCsv(), read.Test));
        var turned = read.Against("kd").Rows;
        Assert.Equal(-table.Rows[1].Comparison!.Difference, turned[0].Comparison!.Difference, 12);
        Assert.Null(turned[1].Comparison);
        Assert.Null(read.Against(null).Test);
        Assert.Contains("'nobody' is 0", Assert.Throws<UserException>(() => read.Against("nobody")).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{ \"rows\": [1] }")]
    public void What_is_no_table_is_refused_in_a_line(string text)
    {
        File.WriteAllText(folder["results.json"], text);
        string MessageOf(string name) => Assert.Throws<UserException>(() => ExperimentTable.Read(folder[name])).Message;
        Assert.Contains("is no experiment's table", MessageOf("results.json"));
        Assert.Contains("Cannot read", MessageOf("missing.json"));
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_from_its_checkpoint()
    {
        var fields = """  "set": { "student.training.phases": [{ "epochs": 4, "resolution": 8 }] }, "recipes": { "alone": {} }  """;
        using var stop = new CancellationTokenSource();
        var (stopped, _) = New(fields, new Events { OnStep = (stage, step) => { if (stage == "alone-s1" && step == 7) stop.Cancel(); } });
        Assert.Throws<OperationCanceledException>(() => stopped.Run(Shard.All, stop.Token));
        var (run, events) = Run(fields);
        Assert.Equal(("alone-s1", 7), events.Resumed.Single());
        var whole = New(fields, output: "whole").Run;
        whole.Run(Shard.All);
        Assert.Equal(whole.Table().ToCsv(), run.Table().ToCsv());
    }

    private bool SameWeights(string one, string other)
    {
        using var first = Safetensors.Load(folder[$"out/runs/{one}/distill/model.safetensors"]);
        using var second = Safetensors.Load(folder[$"out/runs/{other}/distill/model.safetensors"]);
        return first.Tensors.All(entry => entry.Value.bytes.SequenceEqual(second.Tensors[entry.Key].bytes));
    }

    private (ExperimentRun Run, Events Events) Run(string fields)
    {
        var (run, events) = New(fields);
        run.Run(Shard.All);
        return (run, events);
    }

    private (ExperimentRun Run, Events Events) New(string fields, Events? events = null, string output = "out")
    {
        var training = """
            { "phases": [{ "epochs": 1, "resolution": 8 }], "batchSize": 20, "optimizer": { "learningRate": 0.05 }, "precision": "Float32" }
            """;
        File.WriteAllText(folder["tiny.json"], $$"""
            {
              "name": "tiny", "description": "For tests.", "data": { "source": "Synthetic", "training": 100, "validation": 20, "test": 30 },
              "teacher": { "model": { "family": "resnet", "blocks": [1], "width": 0.125 }, "training": {{training}} },
              "student": { "model": { "family": "resnet", "blocks": [1], "width": 0.125 }, "training": {{training}} },
              "distillation": {}, "quantization": { "training": {{training}} }
            }
            """);
        string[] ordinary = ["\"name\": \"test\"", "\"profile\": \"tiny.json\"", "\"seeds\": [1, 2]", "\"baseline\": \"alone\""];
        var given = ordinary.Where(field => !fields.Contains(field[..(field.IndexOf(':') + 1)]));
        events ??= new();
        File.WriteAllText(folder["test.json"], $"{{ {string.Join(", ", given.Append(fields))} }}");
        return (new(Experiment.Load(folder["test.json"]), folder[output], events, CPU), events);
    }

    private sealed class Events : IRunProgress
    {
        public List<string> Started { get; } = [];

        public System.Collections.Concurrent.ConcurrentQueue<string> Descriptions { get; } = [];

        public List<(string Stage, int Step)> Resumed { get; } = [];

        public List<string> Finished { get; } = [];

        public Action<string, int>? OnStep { get; init; }

        void IRunProgress.Started(string stage, string description, int resumedStep)
        {
            Started.Add(stage);
            Descriptions.Enqueue(description);
            if (resumedStep > 0) Resumed.Add((stage, resumedStep));
        }

        public void Trained(TrainingProgress progress) => OnStep?.Invoke(Started[^1], progress.Step);

        public void Installed(DataProgress progress)
        {
        }

        public void Advanced(string part)
        {
        }

        void IRunProgress.Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun) => Finished.Add(stage);
    }
}
