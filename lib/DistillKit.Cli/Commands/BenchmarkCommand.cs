using DistillKit.Cli.Views;
using DistillKit.Edge;
using DistillKit.Runs.Benchmarks;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit benchmark`: the table of a profile's deployed networks; or how fast given ONNX files are.</summary>
internal static class BenchmarkCommand
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    internal static Command Create()
    {
        var options = new PipelineOptions();
        var files = new Argument<string[]>("FILE")
        {
            Description = "ONNX files to time against each other, in every runtime of this machine; none for the profile's own.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var again = Options.New<bool>("--again", "Measure again, even if nothing has changed.");
        var operators = Options.New<bool>("--operators", "With files: where the time of an image goes, operator by operator, in Edge.");
        var repeats = Options.New<int>("--repeats", "With files: timed calls of each.", 300);
        var command = new Command(
            "benchmark", "Measure accuracy, size, latency, throughput and memory of a profile's networks, or the speed of ONNX files.")
        {
            files, again, repeats, operators,
        };
        options.AddTo(command);
        command.SetAction((arguments, cancellation) =>
        {
            if (arguments.GetValue(files) is { Length: > 0 } chosen)
            {
                if (arguments.GetValue(operators)) Profile(arguments, chosen, arguments.GetValue(repeats));
                else Compare(arguments, chosen, arguments.GetValue(repeats));
                return Task.FromResult(0);
            }
            return options.CompareAsync(arguments, async run =>
            {
                if (arguments.GetValue(again)) run.Forget("benchmark");
                await run.InstallDataAsync(cancellation);
                return run.Benchmark(MeasureMemoryCommand.InFreshProcess, cancellation);
            }, cancellation);
        });
        return command;
    }

    private static void Compare(ParseResult arguments, IReadOnlyList<string> files, int repeats)
    {
        var threads = arguments.ThreadCount();
        Deployment[] deployments = [.. from file in files from runtime in Deployment.Runtimes select new Deployment(file, runtime)];
        var latencies = DeploymentProbe.Latencies(deployments, repeats);
        var throughputs = DeploymentProbe.Throughputs(deployments, Math.Max(1, repeats / 10), threads);
        FileSpeed[] rows = [.. deployments.Select((deployment, index) => Row(deployment, latencies[index], throughputs[index]))];
        arguments.Print(rows, rows => BenchmarkView.Show(rows, MachineInfo.Current(), threads));
    }

    private static FileSpeed Row(Deployment deployment, Latency latency, double throughput)
    {
        using var model = deployment.Open();
        var memory = MeasureMemoryCommand.InFreshProcess(deployment);
        return new(deployment.Path, model.Runtime, new FileInfo(deployment.Path).Length, latency.Median, latency.P95, throughput, memory);
    }

    private static void Profile(ParseResult arguments, IEnumerable<string> files, int repeats)
    {
        foreach (var file in files)
        {
            using var model = Load(file);
            var images = new float[model.InputShape.Aggregate(1, (product, size) => product * size)];
            // .NET compiles what runs often once more: that is over after a while.
            var begun = Stopwatch.GetTimestamp();
            do model.Profile(images, repeats);
            while (Stopwatch.GetElapsedTime(begun) < WarmUp);
            arguments.Print(model.Profile(images, repeats), profile => BenchmarkView.Show(model, profile));
        }
    }

    private static EdgeModel Load(string file)
    {
        try
        {
            return EdgeModel.Load(file);
        }
        catch (EdgeException error)
        {
            throw new UserException($"{file}: {error.Message}", error);
        }
    }
}
