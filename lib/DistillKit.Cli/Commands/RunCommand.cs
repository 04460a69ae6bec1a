namespace DistillKit.Cli.Commands;

/// <summary>`distillkit run`: the main job, all stages of a profile.</summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var options = new PipelineOptions();
        var stage = Options.New<string?>(
            "--stage", "Only this stage, and those that it needs: data, teacher, baseline, distill, ptq, qat or export.");
        var command = new Command(
            "run", "Train a teacher, a baseline student and a distilled student, quantize that, and compare the deployed files.");
        options.AddTo(command);
        command.Add(stage);
        command.SetAction((arguments, cancellation) => arguments.GetValue(stage) is { } name
            ? options.RunAsync(arguments, async (run, _) =>
            {
                await run.RunStageAsync(name, cancellation);
                return 0;
            })
            : options.CompareAsync(arguments, run => run.RunAsync(MeasureMemoryCommand.InFreshProcess, cancellation), cancellation));
        return command;
    }
}
