using System.Reflection;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit measure-memory FILE`, which the benchmark calls: runs a deployed file on single images and prints this process's
/// peak memory in bytes.</summary>
internal static class MeasureMemoryCommand
{
    private const string Verb = "measure-memory";
    private const int Images = 20;

    internal static Command Create()
    {
        var file = new Argument<string>("FILE");
        var runtime = new Option<InferenceRuntime>("--runtime");
        var command = new Command(Verb, "Print the peak memory in bytes of running an ONNX file.") { file, runtime };
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

    /// <summary>Measures in a process of its own, because a process's peak never falls.</summary>
    internal static long InFreshProcess(Deployment deployment)
    {
        string[] arguments = [Assembly.GetExecutingAssembly().Location, Verb, deployment.Path, "--runtime", deployment.Runtime.ToString()];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? long.Parse(output)
            : throw new UserException($"The memory of {deployment.Path} could not be measured: {errors.Result.Trim()}");
    }
}
