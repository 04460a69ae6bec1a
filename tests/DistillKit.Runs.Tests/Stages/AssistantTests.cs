using DistillKit.Distillation;
using DistillKit.Files;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests.Stages;

[Collection(GlobalSettingsCollection.Name)]
public sealed class AssistantTests : IDisposable
{
    private static readonly Profile Tiny = PipelineRunTests.Tiny;
    private static readonly AssistantRecipe BornAgain = new(Tiny.Student.Model, Tiny.Student.Training);

    private readonly TemporaryFolder folder = new();
    private readonly int threads = get_num_threads();

    public AssistantTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(threads);
        folder.Dispose();
    }

    [Fact]
    public void Assistants_stand_between_teacher_and_student_each_taught_by_the_one_before()
    {
        var profile = Tiny with { Assistants = [new(Tiny.Teacher.Model, Tiny.Teacher.Training!), BornAgain] };
        using var run = new PipelineRun(profile, folder["run"], new PipelineRunTests.Events(), CPU);
        Assert.Equal(
            ["teacher<-", "baseline<-", "assistant1<-teacher", "assistant2<-assistant1", "distill<-assistant2"],
            run.TrainingStages.Select(stage => $"{stage.Name}<-{string.Join('+', stage.Teachers)}"));
    }

    [Fact]
    public void The_student_is_taught_by_the_stages_that_its_recipe_names()
    {
        var profile = Tiny with { Assistants = [BornAgain], Distillation = new(Teachers: ["teacher", "assistant1"]) };
        var events = Distill(profile);
        Assert.Equal(["teacher", "assistant1", "distill"], events.Started);
        // Another assistant is another teacher: both learn again, and the first teacher does not.
        var other = profile with { Assistants = [BornAgain with { Training = BornAgain.Training with { LabelSmoothing = 0.1 } }] };
        Assert.Equal(["assistant1", "distill"], Distill(other).Started);
    }

    [Fact]
    public void A_student_of_stored_answers_learns_what_a_student_of_the_live_teacher_learns()
    {
        var viewed = Tiny with { Student = Tiny.Student with { Training = Tiny.Student.Training with { Views = new(2) } } };
        Distill(viewed, "live");
        var events = Distill(viewed with { Distillation = new(Stored: true) }, "stored");
        Assert.Equal(["teacher", "soft-targets", "distill"], events.Started);
        using var live = Safetensors.Load(folder["live/distill/model.safetensors"]);
        using var stored = Safetensors.Load(folder["stored/distill/model.safetensors"]);
        Assert.All(live.Tensors, entry => Assert.True(entry.Value.allclose(stored.Tensors[entry.Key], rtol: 1e-2, atol: 1e-3), entry.Key));
    }

    [Fact]
    public void Stored_answers_serve_every_student_of_the_same_views()
    {
        var student = Tiny.Student with { Training = Tiny.Student.Training with { Views = new(2) } };
        var stored = Tiny with { Student = student, Distillation = new(Stored: true) };
        Distill(stored);
        Assert.Equal(["soft-targets"], Distill(stored with { Distillation = new(Temperature: 2, Stored: true) }).FromEarlierRun[1..]);
        var others = stored with { Student = stored.Student with { Training = stored.Student.Training with { Views = new(2, Seed: 7) } } };
        Assert.DoesNotContain("soft-targets", Distill(others).FromEarlierRun);
    }

    [Theory]
    [InlineData("assistant1, but", "assistant2")]
    [InlineData("teacher, assistant1, but", "")]
    public void Teachers_that_there_are_not_are_refused(string expected, string names)
    {
        var teachers = names.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var profile = Tiny with { Assistants = [BornAgain], Distillation = new(Teachers: teachers) };
        Assert.Contains(expected, Refused(profile));
    }

    [Fact]
    public void Assistants_must_have_the_teachers_classes_and_stored_answers_need_views()
    {
        Assert.Contains("assistant1 3",
            Refused(Tiny with { Assistants = [BornAgain with { Model = BornAgain.Model with { Classes = 3 } }] }));
        Assert.Contains("fixed views", Refused(Tiny with { Distillation = new(Stored: true) }));
        var viewed = Tiny with { Student = Tiny.Student with { Training = Tiny.Student.Training with { Views = new(2) } } };
        Assert.Contains("stored answers are logits",
            Refused(viewed with { Distillation = new(Stored: true, Terms: [new HintTerm("layer1", "layer1")]) }));
    }

    private static string Refused(Profile profile) => Assert.Throws<UserException>(() => Profile.Parse(profile.ToJson(), "test")).Message;

    private PipelineRunTests.Events Distill(Profile profile, string name = "run")
    {
        var events = new PipelineRunTests.Events();
        using var run = new PipelineRun(profile, folder[name], events, CPU);
        run.Train(run.TrainingStages[^1]);
        return events;
    }
}
