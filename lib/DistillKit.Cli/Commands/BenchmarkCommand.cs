using System.CommandLine;
using DistillKit.Cli.Views;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit benchmark`: the table of a profile's trained networks, measured anew with --again.</summary>
internal static class BenchmarkCommand
{
    internal static Command Create()
    {
        var options = new PipelineOptions();
        var again = new Option<bool>("--again") { Description = "Measure again, even if nothing has changed." };
        var command = new Command("benchmark", "Measure accuracy, size, latency, throughput and memory of a profile's networks, or of ONNX files.") { again };
        options.AddTo(command);
        command.SetAction((arguments, cancellation) => PipelineView.ShowAsync(async view =>
        {
            using var run = options.Create(arguments, view);
            if (arguments.GetValue(again)) run.Forget("benchmark");
            await run.InstallDataAsync(cancellation);
            return (run.Benchmark(MeasureMemoryCommand.InFreshProcess, cancellation), run.Folder);
        }, arguments.GetValue(options.Json), cancellation));
        return command;
    }
}
