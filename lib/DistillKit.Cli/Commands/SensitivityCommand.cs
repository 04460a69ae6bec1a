using DistillKit.Quantization.Sensitivity;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit sensitivity MODEL`: which layers rounding hurts, and a plan that spares them.</summary>
internal static class SensitivityCommand
{
    private const int BarWidth = 30;

    internal static Command Create()
    {
        var options = new RoundingOptions();
        var budget = Options.New<double?>("--budget", "Find a mixed plan that loses at most this much accuracy, in percentage points.");
        var goal = Options.New<PlanGoal>("--goal", "What the plan is to make small: Size (4 and 8 bits) or Latency (8 bits and float).");
        var planOutput = Options.New<string?>("--plan-output", "Where the found plan goes. [default: MODEL with the ending .plan.json]");
        var command = new Command("sensitivity", "Round each layer alone and show which ones hurt; find a mixed plan.")
        {
            budget, goal, planOutput,
        };
        options.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            var target = options.Output(arguments, arguments.GetValue(planOutput), ".plan.json");
            using var job = options.Load(arguments, cancellation);
            var (graph, plan, images) = (job.Graph, job.Recipe.Plan, job.Validation);
            var ranges = Calibration.Run(graph, plan, job.Calibration);
            if (arguments.GetValue(budget) is not { } points)
            {
                var layers = await Watch("layers", progress => SensitivityScan.Run(graph, plan, ranges, images, progress));
                arguments.Print(layers, Show);
                return 0;
            }
            var found = await Watch(
                "plans", progress => PlanSearch.Find(graph, plan, ranges, images, points / 100, arguments.GetValue(goal), progress));
            found.Plan.Save(target);
            arguments.Print(found, found => Show(found, target));
            return 0;

            Task<T> Watch<T>(string step, Func<IProgress<double>, T> work) => ProgressView.WatchAsync(view =>
            {
                view.Started("sensitivity", job.Path);
                return Task.FromResult(work(new SynchronousProgress<double>(share => view.Advanced(step, share))));
            }, toError: true);
        });
        return command;
    }

    private static void Show(IReadOnlyList<LayerSensitivity> layers)
    {
        var table = new TextTable("layer").Numbers("accuracy", "KL", "SQNR", "saved", "MACs").Text("KL of the predictions");
        var largest = Math.Max(layers.Max(layer => layer.Divergence), double.Epsilon);
        foreach (var layer in layers)
        {
            table.Add(
                layer.Layer, $"{100 * layer.Accuracy:f2} %", $"{layer.Divergence:g3}", $"{layer.Decibels:f1} dB",
                $"{layer.SavedBytes / 1e3:f1} kB", $"{layer.MultiplyAccumulates / 1e6:f2} M",
                new string('█', (int)Math.Round(BarWidth * Math.Max(0, layer.Divergence) / largest)));
        }
        table.Show();
        const string ratio = "signal-to-quantization-noise ratio of the logits, bytes of weights that it saves";
        Console.WriteLine($"each layer rounded alone: KL(float || rounded) in nats for an image, {ratio}");
    }

    private static void Show(FoundPlan found, string path)
    {
        var layers = found.Plan.Layers.Values.GroupBy(entry => entry.Weights is { } scheme ? $"{scheme.Bits} bits" : "float")
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} with {group.Key}");
        var accuracy = $"{100 * found.Accuracy:f2} % (float {100 * found.FloatAccuracy:f2} %)";
        var size = $"weights {found.PackedBytes / 1e6:f3} MB, {100 * found.IntegerShare:f0} % of the MACs in integers";
        Console.WriteLine($"{path}: {accuracy}, {size}; layers: {string.Join(", ", layers)}");
    }
}
