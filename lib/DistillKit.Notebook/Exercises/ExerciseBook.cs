using DistillKit.Graphs;

namespace DistillKit.Notebook.Exercises;

/// <summary>What an exercise asks for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExerciseKind>))]
public enum ExerciseKind
{
    /// <summary>A number or a word, in minutes.</summary>
    WarmUp,
    /// <summary>A function, which then runs in the rest of the notebook.</summary>
    Build,
    /// <summary>An explanation or a plan, which a person has to read.</summary>
    Think,
}

/// <summary>An exercise of the curriculum.</summary>
/// <param name="Id">Its name in the metadata of its cells: the notebook's number, a dash and a word.</param>
/// <param name="Hint">What helps, without the solution.</param>
/// <param name="Answer">The right answer, from what the notebook hands over; only warm-ups have one.</param>
/// <param name="Tolerance">By how much a number may be off.</param>
public sealed record ExerciseEntry(
    string Id, ExerciseKind Kind, int Points, string? Hint = null, Func<object[], object>? Answer = null, double Tolerance = 0);

/// <summary>All exercises of the curriculum, with what their notebooks do not show: the answers of warm-ups and the hints.</summary>
public static class ExerciseBook
{
    /// <summary>The exercises in the notebooks' order.</summary>
    public static IReadOnlyList<ExerciseEntry> All { get; } =
    [
        // 00 Setup and data
        Build("00-normalize", 3, "Take the channel's mean from each value, then divide by its deviation."),
        Build("00-flip", 2, "Which dimension is the width?"),
        Build("00-shift", 2, "Put zeros around the image, then cut out a part of the old size."),

        // 00b TorchSharp

        // 01 The teacher
        WarmUp("01-parameters", 1, "One window of 3 x 3 for each pair of an input and an output channel.", _ => 3 * 3 * 24 * 40),
        Build("01-step", 6, "Five lines in the order of the text; forget the old gradients before the new ones come."),
        Build("01-loop", 6, "Two loops, and your step inside of them; the mean begins at 0 in each epoch."),
        Build("01-calibration", 4, "Weigh each bin with its share of the images; the distance has no sign."),

        // 02 The baseline student
        Build("02-depthwise", 5, "Each channel has a window of its own: no sum over channels."),
        Build("02-block", 8, "Expand, filter, project; add the input only where the shapes are the same."),

        // 03 Distillation
        Build("03-loss", 8, "Both sides of the divergence are softened; T squared stands before it, and the labels see no temperature."),

        // 04 Feature alignment
        WarmUp("04-translator", 1, "A weight for each pair of channels, and a bias for each channel of the teacher.",
            given => ((int)given[0] + 1) * (int)given[1]),
        WarmUp("04-largest", 1, "Two vectors at a right angle: how long is their difference, squared?", _ => 2),
        Build("04-attention", 3, "The square, summed over channels, as a vector of length 1 for each image."),
        Build("04-hint", 3, "The mean of the squared differences."),
        Think("04-verdicts", 4),
        WarmUp("04-seeds", 1, "Half the width must be one point: solve for n.", _ => 16),
        Think("04-chance", 4),

        // 05 Progressive distillation
        WarmUp("05-cooling", 1, "A tenth of the way from the first temperature down to the last.", _ => 7.3, tolerance: 0.01),
        Build("05-schedule", 4, "Two straight lines. How many steps rise, and how many are left after them?"),
        WarmUp("05-shelf", 1, "A product of four numbers, in bytes.", _ => 4, tolerance: 0.01),
        WarmUp("05-signs", 1, "The first may fall as it likes; what are the chances of the others?", _ => 0.125, tolerance: 0.0005),
        Think("05-sentences", 6),
        Think("05-paid", 3),

        // 06 Quantization from first principles
        WarmUp("06-scale", 1, "Which is the largest integer of 4 bits with a sign?", given => Convert.ToDouble(given[0]) / 7, 1e-4),
        Think("06-wild", 2),
        WarmUp("06-zero", 1, "The scale is 5 / 255. How many steps lie between -2 and 0?", _ => 102),
        Build("06-affine", 3, "0 belongs to every range. 255 steps lie between 256 values."),
        Build("06-byte", 2, "Divide, round, move by the zero point, and only then cut off at both ends."),
        WarmUp("06-products", 1, "How large can one product be, and how large the sum?", _ => 66311),
        Build("06-linear", 5, "Subtract the zero points before you multiply; add up in 32 bits."),
        Build("06-fixed", 3, "Which power of two takes the factor into [2^30, 2^31)?"),
        Build("06-rescale", 2, "The product needs 64 bits; add half of what the shift cuts off."),
        Build("06-conv", 8, "Three loops for the place of a sum, three for its window; what lies outside of the image adds nothing."),
        Think("06-shape", 3),

        // 07 Static quantization
        WarmUp("07-weight", 1, "The root of 0.25 is 0.5, and one divides by it.", _ => 12),
        Build("07-fold", 5, "One factor for each output channel: gamma over the deviation."),
        WarmUp("07-packed", 1, "Half a byte each, rounded up to whole bytes at the end.", _ => 551),
        Build("07-observer", 4, "The first batch is taken as it is; afterwards each end moves by a share of the way."),
        Build("07-bias", 3, "What the rounded outputs have too much is taken off the bias."),
        WarmUp("07-plan", 2, "Four bits for all layers, then With twice, with LayerStrategy.Float.",
            given => MegabytesOfMixedPlan((Graph)given[0]), 0.006),
        Think("07-images", 2),
        Think("07-drift", 2),

        // 08 Dynamic and layer-specific quantization
        WarmUp("08-bits", 1, "Each time that the range is twice as long as it need be, one bit is lost.", _ => 5),
        Think("08-strategy", 3),
        WarmUp("08-coarser", 1, "The batch's range is that of the larger one.", _ => 10),
        Build("08-scan", 5, "One layer at a time, the mean over all images, and the exact network first in the divergence."),
        WarmUp("08-packed", 2, "folded.Layers.MaxBy(...) finds the layer. It saves half a byte for each weight.",
            given => HalvedInTheLargestLayer((Graph)given[0])),
        Build("08-greedy", 4, "Sort by harm for each byte; stop at the first layer that is too expensive."),
        Think("08-fair", 4),

        // 09 Quantization-aware training
        WarmUp("09-gradient", 1, "The gradient of the loss is taken at the rounded value.", _ => -4),
        Build("09-fake", 5, "Add what rounding changes, detached, to something whose gradient is right."),
        Build("09-step", 5, "Divide by the step, cut off, round with a straight-through gradient, multiply by the step."),
        WarmUp("09-steps", 1, "Epochs, times whole batches in an epoch.", given => StepsOf((TrainingRecipe)given[0], (int)given[1])),
        Think("09-three", 3),
        Think("09-another", 2),

        // 10 Deployment
        Build("10-scalar", 2, "Both bytes become whole numbers before they are multiplied."),
        Build("10-vector", 6, "Widen the bytes, multiply, add up lane by lane, and take the rest of the row one by one."),

        // 11 The benchmark
        Build("11-front", 4, "A row is out if another is at least as good in both and better in one."),
        Build("11-wilson", 3, "Centre and half width have the same divisor."),
        Build("11-paired", 5, "Only images on which one is right and the other wrong count."),
    ];

    /// <summary>An exercise by its id.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static ExerciseEntry Find(string id) => All.FirstOrDefault(exercise => exercise.Id == id)
        ?? throw new UserException($"There is no exercise '{id}'. Its notebook has: {Names(Of(id.Split('-')[0]))}.");

    /// <summary>The exercises of a notebook.</summary>
    /// <param name="notebook">Its number, for instance <c>03</c>.</param>
    public static IReadOnlyList<ExerciseEntry> Of(string notebook) =>
        [.. All.Where(exercise => exercise.Id.StartsWith($"{notebook}-", StringComparison.Ordinal))];

    private static int StepsOf(TrainingRecipe recipe, int images) => recipe.Epochs * (images / recipe.BatchSize);

    /// <summary>The weights of the first and the last layer in floating point, the others in 4 bits.</summary>
    private static double MegabytesOfMixedPlan(Graph folded)
    {
        WeightedNode[] layers = [.. folded.Layers];
        var scheme = QuantizationScheme.Weights with { Bits = 4 };
        return layers[1..^1].Sum(layer =>
            QuantizationParameters.ForWeight(layer.Weight, scheme).PackedBytes(layer.Weight.Values.LongLength)
            - sizeof(float) * layer.Weight.Values.LongLength) / 1e6 + sizeof(float) * folded.Parameters / 1e6;
    }

    private static long HalvedInTheLargestLayer(Graph eightBits)
    {
        var weights = eightBits.Layers.Max(layer => layer.Weight.Values.LongLength);
        return eightBits.PackedBytes - weights + (weights + 1) / 2;
    }

    private static string Names(IReadOnlyList<ExerciseEntry> exercises) =>
        exercises.Count == 0 ? "none" : string.Join(", ", exercises.Select(exercise => exercise.Id));

    private static ExerciseEntry WarmUp(string id, int points, string hint, Func<object[], object> answer, double tolerance = 0) =>
        new(id, ExerciseKind.WarmUp, points, hint, answer, tolerance);

    private static ExerciseEntry Build(string id, int points, string hint) => new(id, ExerciseKind.Build, points, hint);

    private static ExerciseEntry Think(string id, int points) => new(id, ExerciseKind.Think, points);
}
