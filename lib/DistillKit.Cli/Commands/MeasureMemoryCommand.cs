using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using DistillKit.Evaluation;
using DistillKit.Files;
using static TorchSharp.torch;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit measure-memory MODEL`, which the benchmark calls: runs a network on single images and prints this process's peak memory in bytes.</summary>
internal static class MeasureMemoryCommand
{
    private const string Verb = "measure-memory";
    private const int Images = 20;

    internal static Command Create()
    {
        var file = new Argument<string>("MODEL");
        var command = new Command(Verb, "Print the peak memory in bytes of running a network.") { file };
        command.Hidden = true;
        command.SetAction(arguments =>
        {
            set_num_threads(1);
            using var model = ModelFile.Load(arguments.GetValue(file)!).Model;
            LatencyProbe.OneImage(model, imageSize: 32, warmUp: 0, repeats: Images);
            Console.WriteLine(PeakMemory.Bytes().ToString(CultureInfo.InvariantCulture));
        });
        return command;
    }

    /// <summary>Measures in a process of its own, because a process's peak never falls.</summary>
    internal static long InFreshProcess(string modelPath)
    {
        var program = Assembly.GetExecutingAssembly().Location;
        var start = new ProcessStartInfo("dotnet", [program, Verb, modelPath]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? long.Parse(output, CultureInfo.InvariantCulture) : throw new UserException($"The memory of {modelPath} could not be measured: {errors.Result.Trim()}");
    }
}
