using System.Diagnostics;
using DistillKit.Networks;

namespace DistillKit.Cli.Tests;

/// <summary>Ctrl+C and SIGTERM in verbs that would work on for minutes: all stop within seconds, and say so in their exit code.</summary>
public sealed class InterruptionTests : IDisposable
{
    // Two seconds are promised; a busy machine needs more.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly RunFolder folder = new();
    private readonly string model;

    public InterruptionTests()
    {
        model = folder["model.safetensors"];
        var spec = new ResNetSpec { Blocks = [2, 2, 2, 2], Width = 1 };
        using var network = spec.Build();
        ModelFile.Save(model, network, new() { Spec = spec });
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("INT", 130, "quantize", "--adaround")]
    [InlineData("TERM", 143, "quantize", "--adaround")]
    [InlineData("INT", 130, "sensitivity")]
    [InlineData("TERM", 143, "sensitivity", "--budget", "0.01")]
    public async Task A_verb_on_a_network_stops_and_leaves_nothing(string signal, int exitCode, string verb, params string[] more)
    {
        const string few = "\"training\": 200, \"validation\": 20", many = "\"training\": 4000, \"validation\": 4000";
        File.WriteAllText(folder.Profile, File.ReadAllText(folder.Profile).Replace(few, many));
        string[] images = ["--profile", folder.Profile, "--calibration", "100", "--validation", "4000", "--threads", "1"];
        using var cli = Cli.Start([verb, model, .. images, .. more]);
        await cli.UntilAsync(model);
        await AssertStopsAsync(cli, () => cli.Signal(signal), exitCode);
        Assert.Equal(["model.safetensors", "tiny.json"], Directory.GetFiles(folder[""]).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task An_evaluation_stops(string signal, int exitCode)
    {
        File.WriteAllText(folder.Profile, File.ReadAllText(folder.Profile).Replace("\"test\": 20", "\"test\": 10000"));
        using var cli = Cli.Start("evaluate", model, "--profile", folder.Profile, "--threads", "1");
        await cli.UntilLoadedAsync("libtorch_cpu");
        await AssertStopsAsync(cli, () => cli.Signal(signal), exitCode);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_benchmark_of_files_stops(string signal, int exitCode)
    {
        Assert.Equal(0, (await Cli.RunAsync("export", model, "--output", folder["model.onnx"], "--profile", "smoke")).ExitCode);
        using var cli = Cli.Start("benchmark", folder["model.onnx"], "--repeats", "1000000");
        await cli.UntilLoadedAsync("onnxruntime");
        await AssertStopsAsync(cli, () => cli.Signal(signal), exitCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task On_a_terminal_the_cursor_is_seen_again_after_one_and_after_two_interrupts(int times)
    {
        using var cli = Cli.OnTerminal(80, [.. folder.Run("run"), "--stage", "distill"]);
        await cli.UntilAsync("epoch");
        await AssertStopsAsync(
            cli,
            () =>
            {
                for (var i = 0; i < times; i++) cli.Press('\u0003');
            },
            130);
        Assert.Empty(Directory.GetFiles(folder["run"], "*.tmp", SearchOption.AllDirectories));
    }

    private static async Task AssertStopsAsync(Cli cli, Action stop, int exitCode)
    {
        await Task.Delay(300);
        var start = Stopwatch.GetTimestamp();
        stop();
        var outcome = await cli.ExitAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Soon);
        Assert.Equal(exitCode, outcome.ExitCode);
        var written = outcome.Output + outcome.Error;
        Assert.Equal(2, written.Split("distillkit: stopped").Length);
        int LastOf(string escape) => written.LastIndexOf(escape, StringComparison.Ordinal);
        Assert.True(LastOf("\u001b[?25h") >= LastOf("\u001b[?25l"));
    }
}
