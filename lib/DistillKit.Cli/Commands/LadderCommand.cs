using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DistillKit.Cli.Views;
using DistillKit.Runs.Stages;
using Spectre.Console;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit ladder`: a profile's student, quantized in every way, each adding one idea to the one before.</summary>
internal static class LadderCommand
{
    internal static Command Create()
    {
        var options = new PipelineOptions();
        var bits = new Option<int>("--bits") { Description = "Bits of the weights, 2 to 8.", DefaultValueFactory = _ => 8 };
        var command = new Command("ladder", "Quantize a profile's student in every way, from the simplest to training with the teacher.") { bits };
        options.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            var json = arguments.GetValue(options.Json);
            var result = await PipelineView.WatchAsync(async view =>
            {
                using var run = options.Create(arguments, view);
                await run.InstallDataAsync(cancellation);
                return run.Ladder(arguments.GetValue(bits), cancellation);
            }, json);
            if (json) Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
            else Show(result);
            return 0;
        });
        return command;
    }

    private static void Show(LadderResult result)
    {
        var table = Tables.New($"{result.WeightBits}-bit weights, 8-bit activations");
        foreach (var column in (string[])["validation", "ONNX file", "packed", "time"]) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var rung in result.Rungs)
            table.AddRow(rung.Name, Text($"{100 * rung.Accuracy:f2} %"), Text($"{rung.FileBytes / 1e6:f2} MB"), Text($"{rung.PackedBytes / 1e6:f2} MB"), Text($"{rung.Seconds:f1} s"));
        Tables.Write(table);
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
