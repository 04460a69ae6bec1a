using DistillKit.Files;
using DistillKit.Networks;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests.Stages;

/// <summary>A teacher with weights that a run has not trained, and files that a run has not written.</summary>
[Collection(GlobalSettingsCollection.Name)]
public sealed class OwnWeightsTests : IDisposable
{
    private static readonly ModelSpec Spec = PipelineRunTests.Tiny.Teacher.Model;

    private readonly TemporaryFolder folder = new();
    private readonly int threads = get_num_threads();

    public OwnWeightsTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(threads);
        folder.Dispose();
    }

    [Fact]
    public void Weights_teach_as_they_are()
    {
        Save(folder["mine.safetensors"], isNamed: true);
        var (result, events) = Distill(Load("""{ "weights": "mine.safetensors" }"""));
        Assert.Equal(["teacher", "distill"], events.Started);
        // Only the student's two epochs of five steps.
        Assert.Equal(10, events.Steps);
        using (var mine = Safetensors.Load(folder["mine.safetensors"]))
        using (var kept = Safetensors.Load(folder["run/teacher/model.safetensors"]))
        {
            TinyTraining.AssertSame(mine.Tensors, kept.Tensors);
            Assert.Equal((Spec.ToJson(), "someone's"), (kept.Metadata["spec"], kept.Metadata["recipe"]));
            Assert.Equal(result, double.Parse(kept.Metadata["accuracy"]));
        }

        Assert.Empty(Distill(Load("""{ "weights": "mine.safetensors" }""")).Events.Started);
        Save(folder["mine.safetensors"], isNamed: true, seed: 2);
        File.SetLastWriteTimeUtc(folder["mine.safetensors"], DateTime.UnixEpoch);
        Assert.Equal(["teacher", "distill"], Distill(Load("""{ "weights": "mine.safetensors" }""")).Events.Started);
    }

    [Fact]
    public void Weights_that_do_not_say_their_network_need_the_profiles_model()
    {
        Save(folder["plain.safetensors"], isNamed: false);
        Assert.Contains("give the profile's teacher its 'model'", Refused("""{ "weights": "plain.safetensors" }"""));
        var profile = Load($$"""{ "weights": "plain.safetensors", "model": {{Spec.ToJson()}} }""");
        Assert.Equal(["teacher", "distill"], Distill(profile).Events.Started);
        Assert.Equal(profile.ToJson(), Profile.Parse(profile.ToJson(), "again").ToJson());
    }

    [Fact]
    public void Weights_that_cannot_be_used_are_refused()
    {
        Save(folder["mine.safetensors"], isNamed: true);
        var other = (Spec with { Width = 0.25 }).ToJson();
        Assert.Contains("none.safetensors", Refused("""{ "weights": "none.safetensors" }"""));
        Assert.Contains("leave out the 'model'", Refused($$"""{ "weights": "mine.safetensors", "model": {{other}} }"""));
        Assert.Contains("teacher needs model and training, or weights", Refused($$"""{ "model": {{other}} }"""));
        Save(folder["plain.safetensors"], isNamed: false);
        var wrong = Load($$"""{ "weights": "plain.safetensors", "model": {{other}} }""");
        Assert.Contains("does not fit the network", Assert.Throws<UserException>(() => Distill(wrong)).Message);
    }

    [Fact]
    public void An_experiment_may_name_the_weights()
    {
        Save(folder["mine.safetensors"], isNamed: true);
        var json = $$"""
            { "name": "test", "seeds": [1, 2], "recipes": { "kd": {} }, "set": { "teacher.weights": "{{folder["mine.safetensors"]}}" } }
            """;
        var profile = PipelineRunTests.Tiny with { Description = "For tests." };
        string Fingerprint() => Experiment.Parse(json, "test", profile).Runs[0].Fingerprint;
        var before = Fingerprint();
        Save(folder["mine.safetensors"], isNamed: true, seed: 2);
        File.SetLastWriteTimeUtc(folder["mine.safetensors"], DateTime.UnixEpoch);
        Assert.NotEqual(before, Fingerprint());
    }

    [Theory]
    [InlineData("teacher/model.safetensors", "\"weights\" of the \"teacher\"")]
    [InlineData("baseline/model.safetensors", "move it to another place.")]
    [InlineData("ptq/static.onnx", "the stage ptq would overwrite it")]
    [InlineData("ptq/dynamic.onnx", "the stage ptq would overwrite it")]
    [InlineData("qat/model.onnx", "the stage qat would overwrite it")]
    [InlineData("qat/metrics.jsonl", "the stage qat would overwrite it")]
    [InlineData("teacher/checkpoint.safetensors", "\"weights\" of the \"teacher\"")]
    [InlineData("baseline/metrics.jsonl", "the stage baseline would overwrite it")]
    [InlineData("distill/model.onnx", "the stage export would overwrite it")]
    [InlineData("benchmark.json", "the stage benchmark would overwrite it")]
    [InlineData("benchmark.csv", "the stage benchmark would overwrite it")]
    [InlineData("test-reports.json", "the stage benchmark would overwrite it")]
    [InlineData("report.html", "the stage benchmark would overwrite it")]
    public async Task A_file_that_no_run_has_written_is_not_overwritten(string path, string expected)
    {
        Directory.CreateDirectory(folder[$"run/{Path.GetDirectoryName(path)}"]);
        File.WriteAllText(folder[$"run/{path}"], "mine");
        var events = new PipelineRunTests.Events();
        using var run = new PipelineRun(PipelineRunTests.Tiny, folder["run"], events, CPU);
        var message = (await Assert.ThrowsAsync<UserException>(() => run.RunAsync())).Message;
        Assert.Contains(folder[$"run/{path}"], message);
        Assert.Contains(expected, message);
        Assert.DoesNotContain('\n', message);
        Assert.Empty(events.Started);
        Assert.Equal("mine", File.ReadAllText(folder[$"run/{path}"]));
    }

    [Fact]
    public async Task A_file_laid_beside_a_finished_stages_own_is_not_overwritten()
    {
        using (var first = new PipelineRun(PipelineRunTests.Tiny, folder["run"], new PipelineRunTests.Events(), CPU))
            first.Train(first.TrainingStages[0]);
        File.WriteAllText(folder["run/teacher/model.onnx"], "mine");
        using var run = new PipelineRun(PipelineRunTests.Tiny, folder["run"], new PipelineRunTests.Events(), CPU);
        var message = (await Assert.ThrowsAsync<UserException>(() => run.RunAsync())).Message;
        Assert.Contains($"No run has written {folder["run/teacher/model.onnx"]}, and the stage export would overwrite it", message);
        Assert.Equal("mine", File.ReadAllText(folder["run/teacher/model.onnx"]));
    }

    [Fact]
    public void Weights_in_the_stages_own_place_are_not_overwritten()
    {
        Directory.CreateDirectory(folder["run/teacher"]);
        Save(folder["run/teacher/model.safetensors"], isNamed: true);
        var profile = Load("""{ "weights": "run/teacher/model.safetensors" }""");
        Assert.Contains("move it to another place", Assert.Throws<UserException>(() => Distill(profile)).Message);
        File.WriteAllText(folder["run/teacher/stage.json"], "{}");
        Assert.Contains("move them to another place", Assert.Throws<UserException>(() => Distill(profile)).Message);
    }

    private static void Save(string path, bool isNamed, long seed = 1)
    {
        manual_seed(seed);
        using var model = Spec.Build();
        if (isNamed) ModelFile.Save(path, model, new() { Spec = Spec, Recipe = "someone's" });
        else Safetensors.Save(path, model.state_dict().ToList());
    }

    private Profile Load(string teacher)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(PipelineRunTests.Tiny.ToJson())!;
        json["teacher"] = System.Text.Json.Nodes.JsonNode.Parse(teacher);
        File.WriteAllText(folder["profile.json"], json.ToJsonString());
        return Profile.Load(folder["profile.json"]);
    }

    private string Refused(string teacher) => Assert.Throws<UserException>(() => Load(teacher)).Message;

    private (double TeacherAccuracy, PipelineRunTests.Events Events) Distill(Profile profile)
    {
        var events = new PipelineRunTests.Events();
        using var run = new PipelineRun(profile, folder["run"], events, CPU);
        run.Train(run.TrainingStages[^1]);
        return (run.Train(run.TrainingStages[0]).Result.ValidationAccuracy, events);
    }
}
