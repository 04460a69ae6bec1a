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
        Build("04-attention", 3, "The square, summed over channels, as a vector of length 1 for each image."),
        Build("04-hint", 3, "The mean of the squared differences."),

        // 05 Progressive distillation
        Build("05-schedule", 4, "A rising line up to the warm-up's end, and half a cosine from there to the last step."),

        // 06 Quantization from first principles
        Build("06-affine", 3, "0 belongs to every range. 255 steps lie between 256 values."),
        Build("06-byte", 2, "Divide, round, move by the zero point, and only then cut off at both ends."),
        Build("06-linear", 5, "Subtract the zero points before you multiply; add up in 32 bits."),
        Build("06-fixed", 3, "Which power of two takes the factor into [2^30, 2^31)?"),
        Build("06-rescale", 2, "The product needs 64 bits; add half of what the shift cuts off."),

        // 07 Static quantization
        Build("07-fold", 5, "One factor for each output channel: gamma over the deviation."),
        Build("07-observer", 4, "The first batch is taken as it is; afterwards each end moves by a share of the way."),
        Build("07-bias", 3, "What the rounded outputs have too much is taken off the bias."),

        // 08 Dynamic and layer-specific quantization
        Build("08-scan", 5, "One layer at a time, the mean over all images, and the exact network first in the divergence."),
        Build("08-greedy", 4, "Sort by harm for each byte; stop at the first layer that is too expensive."),

        // 09 Quantization-aware training
        Build("09-fake", 5, "Add what rounding changes, detached, to something whose gradient is right."),
        Build("09-step", 5, "Divide by the step, cut off, round with a straight-through gradient, multiply by the step."),

        // 10 Deployment
        WarmUp("10-rest", 2, "Sum the lengths over int8.Layers, and subtract the sum from the file's length.", BytesBesideWeights),
        Think("10-disagree", 2),
        WarmUp("10-macs", 1, "Milliseconds to seconds: a million in a millisecond is a billion in a second.",
            given => Convert.ToDouble(given[0], CultureInfo.InvariantCulture) / (double)given[1] / 1e6, 0.05),
        Build("10-scalar", 2, "Both bytes become whole numbers before they are multiplied."),
        Build("10-vector", 6, "Widen the bytes, multiply, add up lane by lane, and take the rest of the row one by one."),

        WarmUp("10-image", 1, "Four bytes for each number.", _ => 3 * 32 * 32 * 4),
        Think("10-camera", 3),

        // 11 The benchmark
        WarmUp("11-times", 1, "A row has FileBytes; divide the larger by the smaller, and not as whole numbers.",
            given => (double)(long)given[0] / (long)given[1], 0.01),
        Build("11-front", 4, "A row is out if another is at least as good in both and better in one."),
        Build("11-wilson", 3, "Centre and half width have the same divisor."),
        WarmUp("11-images", 2, "Solve for n; half a point is 0.005.", _ => 14),
        Build("11-paired", 5, "Only images on which one is right and the other wrong count."),
        Think("11-reference", 2),
        WarmUp("11-megabyte", 2, "Index, then Where, then OrderByDescending, then ThenBy.", RowForAMegabyte),
        Think("11-advice", 5),
    ];

    private static object BytesBesideWeights(object[] given) =>
        new FileInfo((string)given[0]).Length - ((Graph)given[1]).Layers.Sum(layer => layer.Weight.Values.LongLength);

    /// <summary>The most accurate row with a file of at most a megabyte, the faster of two; the smallest file where none fits.</summary>
    private static object RowForAMegabyte(object[] given)
    {
        var rows = ((BenchmarkResult)given[0]).Rows;
        var affordable = rows.Index().Where(row => row.Item.FileBytes <= 1e6).ToArray();
        return affordable.Length == 0
            ? rows.Index().MinBy(row => (row.Item.FileBytes, row.Item.LatencyMilliseconds)).Index
            : affordable.OrderByDescending(row => row.Item.Accuracy).ThenBy(row => row.Item.LatencyMilliseconds).First().Index;
    }

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
}
