using System.CommandLine;
using DistillKit.Cli.Views;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit run`: the main job, all stages of a profile.</summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var options = new PipelineOptions();
        var command = new Command("run", "Train a teacher, a baseline student and a distilled student, quantize that, and compare the deployed files.");
        options.AddTo(command);
        command.SetAction((arguments, cancellation) => PipelineView.ShowAsync(async view =>
        {
            using var run = options.Create(arguments, view);
            var result = await run.RunAsync(MeasureMemoryCommand.InFreshProcess, cancellation);
            return (result, run.Folder);
        }, arguments.GetValue(options.Json), cancellation));
        return command;
    }
}
