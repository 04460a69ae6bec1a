using System.CommandLine;
using System.Text.Json;
using DistillKit.Cli.Views;
using DistillKit.Quantization;
using DistillKit.Quantization.Sensitivity;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit sensitivity MODEL`: which layers rounding hurts, and a plan that spares them.</summary>
internal static class SensitivityCommand
{
    internal static Command Create()
    {
        var (file, rounding, images) = (ModelArgument.Create(), new PostTrainingOptions(), new ImageOptions());
        var budget = new Option<double?>("--budget") { Description = "Find a mixed plan that loses at most this much accuracy, in percentage points." };
        var goal = new Option<PlanGoal>("--goal") { Description = "What the plan is to make small: Size (4 and 8 bits) or Latency (8 bits and float)." };
        var planOutput = new Option<string?>("--plan-output") { Description = "Where the found plan goes. [default: MODEL with the ending .plan.json]" };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command("sensitivity", "Round each layer alone and show which ones hurt; find a mixed plan.") { file, budget, goal, planOutput };
        rounding.AddTo(command);
        images.AddTo(command);
        command.Add(json);
        command.SetAction(arguments =>
        {
            var path = arguments.GetValue(file)!;
            var recipe = rounding.Recipe(arguments);
            var graph = ModelArgument.Load(path);
            recipe.Plan.ValidateFor(graph);
            using var chosen = images.Load(arguments);
            var ranges = Calibration.Run(graph, recipe.Plan, chosen.Calibration);
            if (arguments.GetValue(budget) is not { } points)
            {
                var layers = ProgressView.Show<IReadOnlyList<LayerSensitivity>>(progress => SensitivityScan.Run(graph, recipe.Plan, ranges, chosen.Validation, ProgressView.Named("layers", progress)));
                if (arguments.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(layers, JsonSerializerOptions.Web));
                else SensitivityTable.Show(layers);
                return;
            }
            var target = arguments.GetValue(planOutput) ?? Path.ChangeExtension(path, ".plan.json");
            var found = ProgressView.Show<FoundPlan>(progress => PlanSearch.Find(graph, recipe.Plan, ranges, chosen.Validation, points / 100, arguments.GetValue(goal), ProgressView.Named("plans", progress)));
            found.Plan.Save(target);
            if (arguments.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(found, JsonSerializerOptions.Web));
            else SensitivityTable.Show(found, target);
        });
        return command;
    }
}
