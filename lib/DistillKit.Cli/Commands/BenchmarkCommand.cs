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
                var count = arguments.GetValue(repeats);
                var isProfile = arguments.GetValue(operators);
                var isDone = isProfile ? Profile(arguments, chosen, count) : Compare(arguments, chosen, count, cancellation);
                return Task.FromResult(isDone ? 0 : 1);
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

    // Each file in each runtime by itself: one that is refused has a reason instead of figures.
    private static bool Compare(ParseResult arguments, IReadOnlyList<string> files, int repeats, CancellationToken cancellation)
    {
        var threads = arguments.ThreadCount();
        Deployment[] deployments = [.. from file in files from runtime in Deployment.Runtimes select new Deployment(file, runtime)];
        var speeds = DeploymentProbe.Measure(deployments, repeats, Math.Max(1, repeats / 10), threads, cancellation);
        FileSpeed[] rows = [.. speeds.Select(Row)];
        arguments.Print(rows, rows => BenchmarkView.Show(rows, MachineInfo.Current(), threads));
        return rows.Any(row => row.Reason is null);
    }

    private static FileSpeed Row(DeploymentSpeed speed)
    {
        var ((path, runtime), latency) = (speed.Deployment, speed.Latency);
        var memory = speed.Reason is null ? MeasureMemoryCommand.InFreshProcess(speed.Deployment) : (long?)null;
        var bytes = File.Exists(path) ? new FileInfo(path).Length : 0;
        return new(path, speed.Runtime ?? $"{runtime}", bytes, latency?.Median, latency?.P95, speed.ImagesPerSecond, memory, speed.Reason);
    }

    private static bool Profile(ParseResult arguments, IReadOnlyList<string> files, int repeats)
    {
        var done = 0;
        foreach (var file in files)
        {
            try
            {
                using var model = EdgeModel.Load(file);
                var images = new float[model.InputShape.Aggregate(1, (product, size) => product * size)];
                // .NET compiles what runs often once more: that is over after a while.
                var begun = Stopwatch.GetTimestamp();
                do model.Profile(images, repeats);
                while (Stopwatch.GetElapsedTime(begun) < WarmUp);
                arguments.Print(model.Profile(images, repeats), profile => BenchmarkView.Show(model, profile));
                done++;
            }
            catch (EdgeException error)
            {
                Console.Error.WriteLine(PlainText.Of($"distillkit: {file}: {error.Message}"));
            }
        }
        return done > 0;
    }
}
