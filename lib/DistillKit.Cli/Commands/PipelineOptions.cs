namespace DistillKit.Cli.Commands;

internal sealed class PipelineOptions
{
    private static readonly string[] Results = ["benchmark.json", "benchmark.csv", "report.html", TestReport.FileName];

    private readonly Option<string> profile = Options.Profile();
    private readonly Option<string?> output = Options.Output("Where results go. [default: artifacts/PROFILE]");
    private readonly Option<ulong?> seed = Options.New<ulong?>("--seed", "Another seed than the profile's.");

    internal void AddTo(Command command) =>
        command.AddRange(profile, output, Options.Data, seed, Options.Threads, Options.Device, Options.Json);

    internal Task<T> RunAsync<T>(ParseResult arguments, Func<PipelineRun, ProgressView, Task<T>> job)
    {
        return ProgressView.WatchAsync(Run, arguments.GetValue(Options.Json));

        async Task<T> Run(ProgressView view)
        {
            var chosen = Profile.Load(arguments.GetValue(profile)!);
            if (arguments.GetValue(seed) is { } other) chosen = chosen with { Seed = other };
            var device = arguments.PrepareEngine();
            var standard = Path.Combine(Checkout.Artifacts, chosen.Name);
            var folder = Outputs.Folder(arguments.GetValue(output), standard, arguments.GetValue(profile)!);
            foreach (var name in Results) Outputs.Protect(Path.Combine(folder, name), arguments.GetValue(profile));
            using var run = new PipelineRun(chosen, folder, view, device, arguments.GetValue(Options.Data));
            return await job(run, view);
        }
    }

    internal async Task<int> CompareAsync(
        ParseResult arguments, Func<PipelineRun, Task<BenchmarkResult>> job, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var (result, folder) = await RunAsync(arguments, async (run, view) =>
        {
            view.AfterStage = () => Report.WriteSoFar(run.Folder, PathOf(run.Folder));
            return (await job(run), run.Folder);
        });
        cancellation.ThrowIfCancellationRequested();
        var report = Report.Write(folder, PathOf(folder));
        if (arguments.GetValue(Options.Json))
        {
            Terminal.Raw.WriteLine(result.ToJson());
            return 0;
        }
        BenchmarkView.Show(result);
        var time = TimeLeft.Text(Stopwatch.GetElapsedTime(start));
        Console.WriteLine($"{Path.GetRelativePath(".", Path.Combine(folder, "benchmark.csv"))}, benchmark.json; total time {time}");
        Console.WriteLine($"the report, to open in a browser: {Path.GetRelativePath(".", report.Path)}");
        return 0;
    }

    private static string PathOf(string folder) => Path.Combine(folder, "report.html");
}
