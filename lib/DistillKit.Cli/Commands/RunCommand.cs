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
        var stage = new Option<string?>("--stage") { Description = "Only this stage, and those that it needs: data, teacher, baseline, distill, ptq, qat or export." };
        options.AddTo(command);
        command.Add(stage);
        command.SetAction((arguments, cancellation) => arguments.GetValue(stage) is { } name ? RunStage(name, arguments, cancellation) : RunAll(arguments, cancellation));
        return command;

        Task<int> RunAll(ParseResult arguments, CancellationToken cancellation) => PipelineView.ShowAsync(async view =>
        {
            using var run = options.Create(arguments, view);
            var result = await run.RunAsync(MeasureMemoryCommand.InFreshProcess, cancellation);
            return (result, run.Folder);
        }, arguments.GetValue(options.Json), cancellation);

        Task<int> RunStage(string name, ParseResult arguments, CancellationToken cancellation) => PipelineView.WatchAsync(async view =>
        {
            using var run = options.Create(arguments, view);
            await run.RunStageAsync(name, cancellation);
            return 0;
        }, arguments.GetValue(options.Json));
    }
}
