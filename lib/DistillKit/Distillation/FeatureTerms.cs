using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>A hint through a learned 1x1 convolution: <see cref="HintLoss"/>.</summary>
/// <param name="Student">The name of the student's feature.</param>
/// <param name="Teacher">The name of the teacher's.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HintTerm(string Student, string Teacher, double Weight = 1, double From = 0, double Until = 1) : FeatureTerm(Student, Teacher, Weight, From, Until)
{
    private protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels)
    {
        var loss = new HintLoss(studentChannels, teacherChannels);
        return (loss.Compute, loss);
    }
}

/// <summary>Attention maps: <see cref="AttentionTransferLoss"/>.</summary>
/// <param name="Student">The name of the student's feature.</param>
/// <param name="Teacher">The name of the teacher's.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AttentionTerm(string Student, string Teacher, double Weight = 1, double From = 0, double Until = 1) : FeatureTerm(Student, Teacher, Weight, From, Until)
{
    private protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) => (new AttentionTransferLoss().Compute, null);
}

/// <summary>Similarities between the images of a batch: <see cref="SimilarityLoss"/>.</summary>
/// <param name="Student">The name of the student's feature.</param>
/// <param name="Teacher">The name of the teacher's.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SimilarityTerm(string Student, string Teacher, double Weight = 1, double From = 0, double Until = 1) : FeatureTerm(Student, Teacher, Weight, From, Until)
{
    private protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) => (new SimilarityLoss().Compute, null);
}

/// <summary>Distances and angles between the images of a batch: <see cref="RelationalLoss"/>.</summary>
/// <param name="Student">The name of the student's feature.</param>
/// <param name="Teacher">The name of the teacher's.</param>
/// <param name="Distance">The weight of the distances.</param>
/// <param name="Angle">The weight of the angles.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RelationalTerm(string Student, string Teacher, double Distance = 1, double Angle = 2, double Weight = 1, double From = 0, double Until = 1)
    : FeatureTerm(Student, Teacher, Weight, From, Until)
{
    internal override void Validate(string field)
    {
        base.Validate(field);
        DistillationRecipe.RequireWeights((Distance, $"{field}.distance"), (Angle, $"{field}.angle"));
    }

    private protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) =>
        (new RelationalLoss(Distance, Angle).Compute, null);
}

/// <summary>Each image told from the others of the batch through learned projections: <see cref="ContrastiveLoss"/>.</summary>
/// <param name="Student">The name of the student's feature.</param>
/// <param name="Teacher">The name of the teacher's.</param>
/// <param name="Dimensions">Of the space that both are projected to.</param>
/// <param name="Tau">What similarities are divided by.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ContrastiveTerm(string Student, string Teacher, int Dimensions = 128, double Tau = 0.07, double Weight = 1, double From = 0, double Until = 1)
    : FeatureTerm(Student, Teacher, Weight, From, Until)
{
    internal override void Validate(string field)
    {
        base.Validate(field);
        DistillationRecipe.Require(Dimensions is >= 1 and <= 65536, $"{field}.dimensions", "from 1 to 65536", Dimensions);
        DistillationRecipe.Require(Tau is > 0 and < double.PositiveInfinity, $"{field}.tau", "above 0", Tau);
    }

    private protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels)
    {
        var loss = new ContrastiveLoss(studentChannels, teacherChannels, Dimensions, Tau);
        return (loss.Compute, loss);
    }
}
