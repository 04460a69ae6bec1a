using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>Hinton's soft targets: <see cref="KnowledgeDistillationLoss"/>.</summary>
/// <param name="Standardize">Whether both networks' logits are standardized first (<see cref="LogitStandardization"/>).</param>
/// <param name="Temperature">Its own temperature; null for the recipe's.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HintonTerm(bool Standardize = false, double? Temperature = null, double Weight = 1, double From = 0, double Until = 1)
    : LogitTerm(Temperature, Weight, From, Until)
{
    private protected override Func<Tensor, Tensor, Tensor, double, Tensor> Build()
    {
        var loss = new KnowledgeDistillationLoss(Standardize);
        return (student, teacher, _, temperature) => loss.Compute(student, teacher, temperature);
    }
}

/// <summary>Decoupled soft targets: <see cref="DecoupledDistillationLoss"/>.</summary>
/// <param name="TargetWeight">The weight of the label against the rest.</param>
/// <param name="NonTargetWeight">The weight of the classes among the rest.</param>
/// <param name="Standardize">Whether both networks' logits are standardized first (<see cref="LogitStandardization"/>).</param>
/// <param name="Temperature">Its own temperature; null for the recipe's.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DecoupledTerm(
    double TargetWeight = 1, double NonTargetWeight = 8, bool Standardize = false, double? Temperature = null, double Weight = 1, double From = 0, double Until = 1)
    : LogitTerm(Temperature, Weight, From, Until)
{
    internal override void Validate(string field)
    {
        base.Validate(field);
        DistillationRecipe.RequireWeights((TargetWeight, $"{field}.targetWeight"), (NonTargetWeight, $"{field}.nonTargetWeight"));
    }

    private protected override Func<Tensor, Tensor, Tensor, double, Tensor> Build() => new DecoupledDistillationLoss(TargetWeight, NonTargetWeight, Standardize).Compute;
}

/// <summary>Correlations of the probabilities: <see cref="DistLoss"/>. The paper has temperature 1 for ImageNet and 4 for CIFAR-100.</summary>
/// <param name="InterClass">The weight of the relations between the classes of an image.</param>
/// <param name="IntraClass">The weight of the relations between the images within a class.</param>
/// <param name="Temperature">Its own temperature; null for the recipe's.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DistTerm(double InterClass = 1, double IntraClass = 1, double? Temperature = null, double Weight = 1, double From = 0, double Until = 1)
    : LogitTerm(Temperature, Weight, From, Until)
{
    internal override void Validate(string field)
    {
        base.Validate(field);
        DistillationRecipe.RequireWeights((InterClass, $"{field}.interClass"), (IntraClass, $"{field}.intraClass"));
    }

    private protected override Func<Tensor, Tensor, Tensor, double, Tensor> Build()
    {
        var loss = new DistLoss(InterClass, IntraClass);
        return (student, teacher, _, temperature) => loss.Compute(student, teacher, temperature);
    }
}
