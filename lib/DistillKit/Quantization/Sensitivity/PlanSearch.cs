namespace DistillKit.Quantization.Sensitivity;

/// <summary>What a plan has to save.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlanGoal>))]
public enum PlanGoal
{
    /// <summary>The bytes of the weights: layers have 4 bits, 8, or stay floating-point.</summary>
    Size,

    /// <summary>The multiply-accumulates in floating point: layers are 8-bit integers or stay floating-point.</summary>
    Latency,
}

/// <summary>A plan that was found: its accuracy and that without rounding on the images of the search, in [0, 1]; the bytes of weights and
/// biases; the share of the multiply-accumulates that are done in integers.</summary>
public sealed record FoundPlan(QuantizationPlan Plan, double Accuracy, double FloatAccuracy, long PackedBytes, double IntegerShare);

/// <summary>Finds a mixed plan: begins with every layer at the fewest bits, and gives back precision to the layers that gain most for what
/// they cost (divergence for each byte or multiply-accumulate), as few of them as the budget of accuracy allows. How many is found by
/// bisection, measuring the whole network each time.</summary>
public static class PlanSearch
{
    /// <summary>Searches.</summary>
    /// <param name="plan">The plan to vary: schemes and observer.</param>
    /// <param name="ranges">From <see cref="Calibration"/> with that plan.</param>
    /// <param name="images">What to measure accuracy on: validation images, never the test set.</param>
    /// <param name="budget">The accuracy that may be lost, for instance 0.005.</param>
    /// <param name="progress">The share that is done, from 0 to 1.</param>
    /// <exception cref="UserException">There are no images, or the budget is negative.</exception>
    public static FoundPlan Find(
        Graph graph, QuantizationPlan plan, IReadOnlyDictionary<string, QuantizationParameters> ranges, DeviceImages images,
        double budget, PlanGoal goal, IProgress<double>? progress = null)
    {
        if (budget is not (>= 0 and < 1))
            throw new UserException(FormattableString.Invariant($"The budget of accuracy must be from 0 to below 1, but is {budget}."));
        var levels = Levels(plan, goal);
        var reference = new FloatReference(graph, images);
        var found = Measure(plan with { Layers = Entries(graph, levels[0]) });
        for (var level = 0; level < levels.Count - 1 && !IsGood(found); level++) found = Raise(level);
        progress?.Report(1);
        return found;

        FoundPlan Raise(int level)
        {
            var lower = plan with { Layers = Entries(graph, levels[level]) };
            var part = new SynchronousProgress<double>(done => progress?.Report((level + done) / (levels.Count - 1)));
            var scanned = SensitivityScan.Run(graph, lower, ranges, images, part);
            string[] order = [.. scanned.OrderByDescending(layer => layer.Divergence / Cost(layer, goal)).Select(layer => layer.Layer)];
            FoundPlan With(int raised) => Measure(lower with
            {
                Layers = order.Index().ToDictionary(entry => entry.Item, entry => levels[entry.Index < raised ? level + 1 : level]),
            });
            var (tooFew, enough, best) = (0, order.Length, With(order.Length));
            while (enough - tooFew > 1 && IsGood(best))
            {
                var middle = (tooFew + enough) / 2;
                if (With(middle) is var candidate && IsGood(candidate)) (enough, best) = (middle, candidate);
                else tooFew = middle;
            }
            return best;
        }

        bool IsGood(FoundPlan candidate) => candidate.Accuracy >= reference.Accuracy - budget;

        FoundPlan Measure(QuantizationPlan candidate)
        {
            var rounded = Quantizer.Quantize(graph, candidate, ranges);
            var integer = graph.Layers.Where(layer => candidate.StrategyOf(layer) == LayerStrategy.Static).Sum(graph.MultiplyAccumulatesOf);
            var accuracy = reference.Compare(rounded).Accuracy;
            return new(candidate, accuracy, reference.Accuracy, rounded.PackedBytes, (double)integer / graph.MultiplyAccumulates);
        }
    }

    private static List<LayerPlan> Levels(QuantizationPlan plan, PlanGoal goal)
    {
        LayerPlan Bits(int bits) => new(LayerStrategy.Static, plan.Weights with { Bits = bits });
        var precise = new LayerPlan(LayerStrategy.Float);
        return goal switch
        {
            PlanGoal.Size => [Bits(4), Bits(8), precise],
            PlanGoal.Latency => [Bits(8), precise],
            _ => throw new NotSupportedException($"A plan cannot be searched for {goal}."),
        };
    }

    private static Dictionary<string, LayerPlan> Entries(Graph graph, LayerPlan entry) =>
        graph.Layers.ToDictionary(layer => layer.Name, _ => entry);

    private static double Cost(LayerSensitivity layer, PlanGoal goal) =>
        Math.Max(1, goal == PlanGoal.Size ? layer.SavedBytes : layer.MultiplyAccumulates);
}
