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
        Think("00-twenty", 3),
        WarmUp("00-blue", 2, "The last third of an image's bytes is blue; divide by 255, and by how many there are.", Answers.Blue, 1e-3),
        Build("00-normalize", 3, "place / (length / 3) is the channel; divide the byte by 255 first."),
        WarmUp("00-floats", 1, "Three channels, and 32 bits are four bytes.", Answers.Megabytes, 0.1),
        WarmUp("00-views", 1, "Count the shifts in one direction first: those to either side, and the one that moves nothing.",
            given => Math.Pow(2 * Number(given[0]) + 1, 2) * 2),
        Build("00-flip", 2, "Each row by itself: the first column comes last."),
        Build("00-shift", 2, "A function of its own for the mirror: which row is shown in place of row -1, and of row `side`?"),
        Think("00-flipping", 2),

        // 00b TorchSharp
        WarmUp("00b-shape", 1, "Write the shapes below each other, right-aligned; a missing dimension counts as 1.",
            given => Number(given[0]) * Number(given[1]) * Number(given[2])),
        Build("00b-distances", 4, "Which two shapes give [N, M, D] when they are subtracted?"),
        WarmUp("00b-gradient", 1, "The derivative of the square, times that of what is squared.",
            given => 2 * (Number(given[0]) * Number(given[1]) - Number(given[2])) * Number(given[1]), 1e-6),
        WarmUp("00b-dropout", 1, "What is kept grows, so that the mean stays.", given => 1 / (1 - Number(given[0])), 1e-3),
        Think("00b-memory", 3),

        // 01 The teacher
        WarmUp("01-parameters", 1, "One window of 3 x 3 for each pair of an input and an output channel.",
            given => 3 * 3 * Number(given[0]) * Number(given[1])),
        WarmUp("01-larger", 1, "How many more places has the result of a convolution?", Answers.LargerImages, 0.02),
        WarmUp("01-clueless", 1, "What is the probability of the right class, whichever it is?", _ => Math.Log(10), 0.005),
        Build("01-step", 4, "What does each call need that another one makes? And when must the gradients be 0?"),
        Build("01-loop", 6, "Two loops, and your step inside of them; the mean begins at 0 in each epoch."),
        WarmUp("01-moves", 1, "The velocity of the second step is not that of the first.",
            given => 1 - Number(given[0]) * Number(given[1]) * (2 + Number(given[2])), 1e-3),
        Think("01-shortcut", 3),
        Build("01-calibration", 3, "Weigh each bin with its share of the images; the distance has no sign."),
        Think("01-threshold", 2),

        // 02 The baseline student
        WarmUp("02-separable", 1, "One window for each channel that comes in, then one number for each pair of channels.",
            given => (9 + Number(given[1])) * Number(given[0])),
        Build("02-depthwise", 5, "Each channel has a window of its own: no sum over channels."),
        WarmUp("02-macs", 2, "Three layers, with six times as many channels between them; each works at every place.",
            given => (2 * Number(given[0]) + 9) * 6 * Number(given[0]) * Math.Pow(Number(given[1]), 2)),
        Build("02-block", 8, "Expand, filter, project; add the input only where the shapes are the same."),
        WarmUp("02-double", 1, "Both the channels that go in and those that come out grow.",
            given => Math.Pow(Number(given[1]) / Number(given[0]), 2)),
        Think("02-fair", 3),
        Think("02-slower", 4),

        // 03 Distillation
        WarmUp("03-softened", 1, "Divide the logits by the temperature before the exponential, and sum over all classes.",
            given => SoftTargets.Soften((float[])given[0], Number(given[1])).Max(), 0.0005),
        WarmUp("03-divergence", 1, "A sum over both classes: the first probability times the logarithm of a quotient.",
            given => Answers.Divergence(Number(given[0]), Number(given[1])), 0.001),
        Build("03-loss", 8, "Both sides of the divergence are softened; T squared stands before it, and the labels see no temperature."),
        WarmUp("03-quieter", 1, "How does the gradient depend on the temperature, where that is high?",
            given => Math.Pow(Number(given[0]) / Number(given[1]), 2)),
        Think("03-reverse", 3),
        Think("03-recipe", 4),
        Think("03-claim", 4),

        // 04 Feature alignment
        WarmUp("04-translator", 1, "A weight for each pair of channels, and a bias for each channel of the teacher.",
            given => ((int)given[0] + 1) * (int)given[1]),
        WarmUp("04-largest", 1, "Two vectors at a right angle: how long is their difference, squared?", _ => 2),
        Build("04-attention", 3, "The square, summed over channels, as a vector of length 1 for each image."),
        Build("04-hint", 3, "Which of the two maps goes through the translator?"),
        Think("04-verdicts", 4),
        WarmUp("04-seeds", 1, "Half the width must be one point: solve for n.", given => Math.Pow(2 * Number(given[0]), 2)),
        Think("04-chance", 4),

        // 05 Progressive distillation
        WarmUp("05-cooling", 1, "That share of the way from the first temperature down to the last.",
            given => 8 - Number(given[0]) * 7, tolerance: 0.01),
        Build("05-schedule", 4, "Measure from where each line is at 0: how far is the step from there, and how far the peak?"),
        WarmUp("05-shelf", 1, "A product of four numbers, in bytes.",
            given => 0.05 * Number(given[0]) * Number(given[1]) * 2, tolerance: 0.01),
        WarmUp("05-signs", 1, "The first may fall as it likes; what are the chances of the others?", _ => 0.125, tolerance: 0.0005),
        Think("05-sentences", 6),
        Think("05-paid", 3),

        // 06 Quantization from first principles
        WarmUp("06-scale", 1, "Which is the largest integer of so many bits with a sign?",
            given => Number(given[0]) / ((1 << ((int)given[1] - 1)) - 1), 1e-4),
        Think("06-wild", 2),
        WarmUp("06-zero", 1, "How long is one step?", given => Math.Round(2 / ((Number(given[0]) + 2) / 255))),
        Build("06-affine", 3, "0 belongs to every range. 255 steps lie between 256 values."),
        Build("06-byte", 2, "Divide, round, move by the zero point, and only then cut off at both ends."),
        WarmUp("06-products", 1, "How large can one product be, and how large the sum?", given => int.MaxValue / (255 * (int)given[0])),
        Build("06-linear", 5, "Subtract the zero points before you multiply; add up in 32 bits."),
        Build("06-fixed", 3, "Which power of two takes the factor into [2^30, 2^31)? If rounding gives 2^31, take 2^31 - 1."),
        Build("06-rescale", 3, "The product needs 64 bits; add half of what the shift cuts off."),
        Build("06-conv", 8, "Three loops for the place of a sum, three for its window; what lies outside of the image adds nothing."),
        Think("06-shape", 3),

        // 07 Static quantization
        WarmUp("07-weight", 1, "The root of 0.25 is 0.5, and one divides by it.", given => Number(given[0]) * 2 / 0.5),
        Build("07-fold", 5, "One factor for each output channel: gamma over the deviation."),
        WarmUp("07-packed", 1, "Half a byte each, rounded up to whole bytes at the end.",
            given => ((int)given[0] + 1) / 2 + 5 * (int)given[1]),
        Build("07-observer", 3, "What is new = old + share * (...) when the share is 1? And before there is an old one?"),
        Build("07-bias", 3, "What the rounded outputs have too much is taken off the bias."),
        WarmUp("07-plan", 2, "Four bits for all layers, then With twice: once for the first layer, once for the last.",
            given => Answers.BytesOfMixedPlan((Graph)given[0])),
        Think("07-images", 2),
        Think("07-drift", 2),

        // 08 Dynamic and layer-specific quantization
        WarmUp("08-bits", 1, "Each time that the range is twice as long as it need be, one bit is lost.",
            given => 8 - Math.Log2(Number(given[0]))),
        Think("08-strategy", 3),
        WarmUp("08-coarser", 1, "The batch's range is that of the larger one.", given => 255 / Number(given[0]), tolerance: 0.5),
        Build("08-scan", 5, "One layer at a time, the mean over all images, and the exact network first in the divergence."),
        WarmUp("08-packed", 2, "folded.Layers.MaxBy(...) finds the layer. How many bits of 8 does each of its weights save?",
            given => Answers.FewerBitsInTheLargestLayer((Graph)given[0], (int)given[1])),
        Build("08-greedy", 4, "If bytes are scarce, by what do you divide the harm before you sort?"),
        Think("08-fair", 4),

        // 09 Quantization-aware training
        WarmUp("09-gradient", 1, "The gradient of the loss is taken at the rounded value.", given => 2 * (1 - Number(given[0]))),
        Build("09-fake", 5, "Add what rounding changes, detached, to something whose gradient is right."),
        Build("09-step", 5, "Print the gradient of the step for one value inside and for one outside, beside the two formulas."),
        WarmUp("09-steps", 1, "Epochs, times whole batches in an epoch.",
            given => ((TrainingRecipe)given[0]).Epochs * ((int)given[1] / (int)given[2])),
        Think("09-three", 3),
        Think("09-another", 2),

        // 10 Deployment
        WarmUp("10-rest", 2, "Sum the lengths over int8.Layers, and subtract the sum from the file's length.", Answers.BytesBesideWeights),
        Think("10-disagree", 2),
        WarmUp("10-macs", 1, "Milliseconds to seconds: a million in a millisecond is a billion in a second.",
            given => Number(given[0]) / Number(given[1]) / 1e6, 0.05),
        Build("10-scalar", 2, "Both bytes become whole numbers before they are multiplied."),
        Build("10-vector", 8, "Widen the bytes, multiply, add up lane by lane, and take the rest of the row one by one."),
        WarmUp("10-padding", 1, "How many groups of 16 does it take for all output channels?",
            given => 100 * (1 - Number(given[0]) / (16 * Math.Ceiling(Number(given[0]) / 16))), 0.5),
        Think("10-camera", 3),

        // 11 The benchmark
        WarmUp("11-times", 1, "A row has FileBytes; divide the larger by the smaller, and not as whole numbers.",
            given => (double)(long)given[0] / (long)given[1], 0.01),
        Build("11-front", 4, "Sort by cost: a point is in if it is better than all that cost less. And those that cost the same?"),
        Build("11-wilson", 3, "Centre and half width have the same divisor."),
        WarmUp("11-images", 2, "Solve for n; half a point is 0.005.",
            given => Math.Round(Math.Pow(1.96 / 0.5, 2) * Number(given[0]) * (100 - Number(given[0])) / 1000)),
        Build("11-paired", 5, "Only images on which one is right and the other wrong count."),
        Think("11-reference", 2),
        WarmUp("11-megabyte", 2, "Which rows can you pay for, what is their best accuracy, and which intervals reach it?",
            Answers.RowForTheMoney),
        Think("11-advice", 8),
    ];

    /// <summary>An exercise by its id.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static ExerciseEntry Find(string id) => All.FirstOrDefault(exercise => exercise.Id == id)
        ?? throw new UserException($"There is no exercise '{id}'. Its notebook has: {Names(Of(id.Split('-')[0]))}.");

    /// <summary>The exercises of a notebook.</summary>
    /// <param name="notebook">Its number, for instance <c>03</c>.</param>
    public static IReadOnlyList<ExerciseEntry> Of(string notebook) =>
        [.. All.Where(exercise => exercise.Id.StartsWith($"{notebook}-", StringComparison.Ordinal))];

    private static string Names(IReadOnlyList<ExerciseEntry> exercises) =>
        exercises.Count == 0 ? "none" : string.Join(", ", exercises.Select(exercise => exercise.Id));

    private static ExerciseEntry WarmUp(string id, int points, string hint, Func<object[], object> answer, double tolerance = 0) =>
        new(id, ExerciseKind.WarmUp, points, hint, answer, tolerance);

    private static ExerciseEntry Build(string id, int points, string hint) => new(id, ExerciseKind.Build, points, hint);

    private static ExerciseEntry Think(string id, int points) => new(id, ExerciseKind.Think, points);

    private static double Number(object given) => Convert.ToDouble(given, CultureInfo.InvariantCulture);
}
