using System.CommandLine;
using DistillKit.Quantization.Observers;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.PostTraining;

namespace DistillKit.Cli.Commands;

/// <summary>How to round.</summary>
internal sealed class PostTrainingOptions
{
    private readonly Option<string?> plan = new("--plan") { Description = "A plan's JSON file, layer by layer; the options below change it." };
    private readonly Option<LayerStrategy?> strategy = new("--strategy") { Description = "Static, Dynamic, WeightOnly or Float. [default: the plan's, or Static]" };
    private readonly Option<int?> bits = new("--bits") { Description = "Bits of the weights, 2 to 8. [default: the plan's, or 8]" };
    private readonly Option<ObserverKind?> observer = new("--observer") { Description = $"{string.Join(", ", Enum.GetNames<ObserverKind>())}. [default: the plan's, or MeanSquaredError]" };
    private readonly Option<bool> equalize = new("--equalize") { Description = "Even out the channels of neighbouring layers first." };
    private readonly Option<bool> adaRound = new("--adaround") { Description = "Decide for each weight whether to round it up or down." };
    private readonly Option<bool> correctBias = new("--correct-bias") { Description = "Take the mean error of each channel out of its bias." };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[plan, strategy, bits, observer, equalize, adaRound, correctBias]) command.Add(option);
    }

    /// <exception cref="UserException">The plan cannot be read, or a number is out of range.</exception>
    internal PostTrainingRecipe Recipe(ParseResult arguments)
    {
        var chosen = arguments.GetValue(plan) is { } path ? QuantizationPlan.Load(path) : new();
        if (arguments.GetValue(strategy) is { } other) chosen = chosen with { Strategy = other };
        if (arguments.GetValue(bits) is { } count) chosen = chosen with { Weights = chosen.Weights with { Bits = count } };
        if (arguments.GetValue(observer) is { } kind) chosen = chosen with { Observer = new(kind) };
        var recipe = new PostTrainingRecipe
        {
            Plan = chosen,
            Equalize = arguments.GetValue(equalize),
            AdaRound = arguments.GetValue(adaRound),
            CorrectBias = arguments.GetValue(correctBias),
        };
        recipe.Validate();
        return recipe;
    }
}
