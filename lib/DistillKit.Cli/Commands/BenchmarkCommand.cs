using System.CommandLine;
using System.Text.Json;
using DistillKit.Cli.Views;
using DistillKit.Runs.Benchmarks;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit benchmark`: the table of a profile's deployed networks, measured anew with --again; or how fast given ONNX files are.</summary>
internal static class BenchmarkCommand
{
    internal static Command Create()
    {
        var options = new PipelineOptions();
        var files = new Argument<string[]>("FILE") { Description = "ONNX files to time against each other, in every runtime of this machine; none for the profile's own.", Arity = ArgumentArity.ZeroOrMore };
        var again = new Option<bool>("--again") { Description = "Measure again, even if nothing has changed." };
        var operators = new Option<bool>("--operators") { Description = "With files: where the time of an image goes, operator by operator, in Edge." };
        var repeats = new Option<int>("--repeats") { Description = "With files: timed calls of each.", DefaultValueFactory = _ => 300 };
        var command = new Command("benchmark", "Measure accuracy, size, latency, throughput and memory of a profile's networks, or the speed of ONNX files.") { files, again, repeats, operators };
        options.AddTo(command);
        command.SetAction((arguments, cancellation) =>
        {
            if (arguments.GetValue(files) is { Length: > 0 } chosen)
            {
                if (arguments.GetValue(operators)) OperatorTable.Show(chosen, arguments.GetValue(repeats), arguments.GetValue(options.Json));
                else Compare(chosen, arguments.GetValue(repeats), arguments.GetValue(EngineOptions.Threads) ?? Environment.ProcessorCount, arguments.GetValue(options.Json));
                return Task.FromResult(0);
            }
            return PipelineView.ShowAsync(async view =>
            {
                using var run = options.Create(arguments, view);
                if (arguments.GetValue(again)) run.Forget("benchmark");
                await run.InstallDataAsync(cancellation);
                return (run.Benchmark(MeasureMemoryCommand.InFreshProcess, cancellation), run.Folder);
            }, arguments.GetValue(options.Json), cancellation);
        });
        return command;
    }

    private static void Compare(IReadOnlyList<string> files, int repeats, int threads, bool json)
    {
        if (threads < 1) throw new UserException($"--threads must be at least 1, not {threads}.");
        Deployment[] deployments = [.. from file in files from runtime in Deployment.Runtimes select new Deployment(file, runtime)];
        var latencies = DeploymentProbe.Latencies(deployments, repeats);
        var throughputs = DeploymentProbe.Throughputs(deployments, Math.Max(1, repeats / 10), threads);
        SpeedRow[] rows = [.. deployments.Select((deployment, index) => Row(deployment, latencies[index], throughputs[index]))];
        if (json) Console.WriteLine(JsonSerializer.Serialize(rows, JsonSerializerOptions.Web));
        else SpeedTable.Show(rows, threads);
    }

    private static SpeedRow Row(Deployment deployment, Latency latency, double throughput)
    {
        using var model = deployment.Open();
        return new(deployment.Path, model.Runtime, new FileInfo(deployment.Path).Length, latency.Median, latency.P95, throughput, MeasureMemoryCommand.InFreshProcess(deployment));
    }
}
