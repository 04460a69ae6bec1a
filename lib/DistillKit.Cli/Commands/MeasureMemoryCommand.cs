using System.Reflection;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit measure-memory FILE`, which the benchmark calls: runs a deployed file on single images and prints this process's
/// peak memory in bytes.</summary>
internal static class MeasureMemoryCommand
{
    private const int Images = 20;

    internal static Command Create()
    {
        var file = new Argument<string>("FILE");
        var runtime = new Option<InferenceRuntime>("--runtime");
        var command = new Command(ProcessMemory.Verb, "Print the peak memory in bytes of running an ONNX file.") { file, runtime };
        command.Hidden = true;
        command.SetAction(arguments =>
        {
            using var model = new Deployment(arguments.GetValue(file)!, arguments.GetValue(runtime)).Open();
            var images = new float[model.InputShape.Aggregate(1, (product, size) => product * size)];
            var logits = new float[model.Classes];
            for (var image = 0; image < Images; image++) model.Run(images, logits);
            Console.WriteLine(MachineInfo.PeakMemory());
        });
        return command;
    }

    /// <summary>Measures in a process of its own.</summary>
    internal static long InFreshProcess(Deployment deployment) =>
        ProcessMemory.Measure(Assembly.GetExecutingAssembly().Location, deployment);
}
