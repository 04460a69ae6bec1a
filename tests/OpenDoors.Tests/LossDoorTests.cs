using DistillKit;
using DistillKit.Distillation;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;
using static TorchSharp.torch;

namespace OpenDoors.Tests;

/// <summary>A loss of one's own on logits: the distance of the two networks' probabilities.</summary>
public sealed record ProbabilityTerm(double Power = 2) : LogitTerm
{
    public override void Validate(string field)
    {
        base.Validate(field);
        Require(Power > 0, $"{field}.power", "above 0", Power);
    }

    protected override Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature)
    {
        using var scope = NewDisposeScope();
        var difference = student.div(temperature).softmax(1) - teacher.detach().div(temperature).softmax(1);
        return difference.abs().pow(Power).sum(1).mean().MoveToOuterDisposeScope();
    }
}

/// <summary>A loss of one's own on features, with a linear layer that learns along with the student.</summary>
public sealed record MeanTerm(string Student, string Teacher) : FeatureTerm(Student, Teacher)
{
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels)
    {
        var translate = nn.Linear(studentChannels, teacherChannels);
        return ((student, teacher) => (translate.call(student.mean([2, 3])) - teacher.detach().mean([2, 3])).square().mean(), translate);
    }
}

/// <summary>Is in no registry.</summary>
public sealed record NamelessTerm : LogitTerm
{
    protected override Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature) =>
        (student - teacher).abs().mean();
}

public sealed class LossDoorTests
{
    [Fact]
    public void A_student_learns_by_losses_of_ones_own()
    {
        using var scope = NewDisposeScope();
        var (teacher, student) = (ShapeTraining.Small(seed: 1), ShapeTraining.Small(seed: 2));
        var recipe = new DistillationRecipe(Alpha: 0.9, Terms: [new ProbabilityTerm(), new MeanTerm("layer1", "layer2") { Weight = 2 }]);
        var loss = new DistillationLoss(recipe, student, teacher);
        var adapter = loss.parameters().First().clone();
        var result = ShapeTraining.Train(student, new DistillationObjective(new LiveTeacher([teacher]), loss));
        Assert.Equal(20, result.Steps);
        Assert.False(adapter.allclose(loss.parameters().First()));
    }

    [Fact]
    public void A_recipe_with_a_named_loss_is_a_profile_like_any_other()
    {
        LossTerm.Register<ProbabilityTerm>("probability");
        // A cell that is run again declares the type, and its name, again.
        LossTerm.Register<ProbabilityTerm>("probability");
        var profile = Profile.Load("smoke");
        var mine = new ProbabilityTerm(1.5) { Weight = 3, Until = 0.5 };
        profile = profile with { Distillation = profile.Distillation with { Terms = [mine] } };
        Assert.Contains("\"kind\": \"probability\"", profile.ToJson());
        var again = Profile.Parse(profile.ToJson(), "again");
        Assert.Equal(profile.Distillation.Terms, again.Distillation.Terms);
        Assert.Equal(StageStore.Fingerprint(profile.Distillation), StageStore.Fingerprint(again.Distillation));
        var error = Assert.Throws<UserException>(() => Profile.Parse(profile.ToJson().Replace("1.5", "-1.5"), "wrong"));
        Assert.Contains("terms[0].power must be above 0, but is -1.5", error.Message);
    }

    [Fact]
    public void A_loss_without_a_name_says_how_to_name_it()
    {
        var recipe = new DistillationRecipe(Terms: [new NamelessTerm()]);
        var error = Assert.Throws<UserException>(() => StageStore.Fingerprint(recipe));
        Assert.Contains("NamelessTerm has no kind to be written with", error.Message);
        Assert.Contains("Register<NamelessTerm>(", error.Message);
        Assert.Throws<ArgumentException>(() => LossTerm.Register<NamelessTerm>("hinton"));
    }
}
