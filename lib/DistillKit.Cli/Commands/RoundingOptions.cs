using DistillKit.Quantization.Observers;
using DistillKit.Quantization.Plans;

namespace DistillKit.Cli.Commands;

/// <summary>What the verbs that quantize a network without training need: the network, how to round it, training images to calibrate with,
/// and validation images to compare on. The test set stays unread.</summary>
internal sealed class RoundingOptions
{
    private readonly Argument<string> file = ModelArgument.Create();
    private readonly Option<string?> plan = Options.New<string?>("--plan", "A plan's JSON file; the options below change it.");
    private readonly Option<LayerStrategy?> strategy =
        Options.New<LayerStrategy?>("--strategy", "Static, Dynamic, WeightOnly or Float. [default: the plan's, or Static]");

    private readonly Option<int?> bits = Options.New<int?>("--bits", "Bits of the weights, 2 to 8. [default: the plan's, or 8]");
    private readonly Option<string?> observer = Options.New<string?>(
        "--observer", $"{string.Join(", ", ObserverRecipe.Kinds)}. [default: the plan's, or MeanSquaredError]");

    private readonly Option<bool> equalize = Options.New<bool>("--equalize", "Even out the channels of neighbouring layers first.");
    private readonly Option<bool> adaRound = Options.New<bool>("--adaround", "Decide for each weight whether to round it up or down.");
    private readonly Option<bool> correctBias = Options.New<bool>("--correct-bias", "Take the mean error of each channel out of its bias.");
    private readonly Option<string> profile = Options.Profile("Whose images: ");
    private readonly Option<int> calibration =
        Options.New("--calibration", "Training images to calibrate with, a multiple of 10.", standard: 500);

    private readonly Option<int> validation =
        Options.New("--validation", "Validation images to compare on, a multiple of 10.", standard: 2000);

    internal void AddTo(Command command)
    {
        command.Add(file);
        command.AddRange(plan, strategy, bits, observer, equalize, adaRound, correctBias);
        command.AddRange(profile, calibration, validation, Options.Data, Options.Threads, Options.Device, Options.Json);
    }

    internal string Output(ParseResult arguments, string? asked, string ending) =>
        Outputs.Of(asked, arguments.GetValue(file)!, ending, arguments.GetValue(plan), arguments.GetValue(profile));

    internal RoundingJob Load(ParseResult arguments, CancellationToken cancellation)
    {
        var path = arguments.GetValue(file)!;
        var recipe = Recipe(arguments);
        var source = Profile.Load(arguments.GetValue(profile)!);
        var (graph, input) = ModelArgument.Load(path, source.Data.ImageSize);
        recipe.Plan.ValidateFor(graph);
        var device = arguments.PrepareEngine();
        var (forCalibration, forValidation) = (arguments.GetValue(calibration), arguments.GetValue(validation));
        if (forCalibration < 1)
            throw new UserException($"--calibration must be at least 10 images, not {forCalibration}: ranges cannot be found without any.");
        if (forValidation < 1) throw new UserException($"--validation must be at least 10 images, not {forValidation}.");
        var images = source.Data.Load(arguments.GetValue(Options.Data), source.Seed);
        var classes = graph.Shapes[graph.Output.Name][0];
        var normalization = input.For(path, classes, images.Training, images.Normalization);
        DeviceImages OnDevice(ImageSet set, int count) => new(set.Sample(count), device, normalization) { Cancellation = cancellation };
        return new(
            path, graph, recipe, new(normalization, images.Training.ClassNames), OnDevice(images.Training, forCalibration),
            OnDevice(images.Validation, forValidation));
    }

    private PostTrainingRecipe Recipe(ParseResult arguments)
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

/// <summary>A network to round, and images for it on the device.</summary>
internal sealed record RoundingJob(
    string Path, Graph Graph, PostTrainingRecipe Recipe, ModelInput Input, DeviceImages Calibration, DeviceImages Validation)
    : IDisposable
{
    /// <summary>What a file says about its images and its origin.</summary>
    internal Dictionary<string, string> Metadata => new(Input.ToMetadata()) { ["source"] = System.IO.Path.GetFileName(Path) };

    public void Dispose()
    {
        Calibration.Dispose();
        Validation.Dispose();
    }
}
