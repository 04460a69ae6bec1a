using System.CommandLine;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;
using static TorchSharp.torch;

namespace DistillKit.Cli.Commands;

/// <summary>The options of the verbs that work on a profile.</summary>
internal sealed class PipelineOptions
{
    private readonly Option<string> profile = new("--profile", "-p")
    {
        Description = $"{string.Join(", ", Profile.BuiltIn)}, or the path of a profile's JSON file.",
        DefaultValueFactory = _ => "quick",
    };

    private readonly Option<string?> output = new("--output", "-o") { Description = "Where results go. [default: artifacts/PROFILE]" };
    private readonly Option<string?> data = new("--data") { Description = "Where CIFAR-10 is kept. [default: data/cifar10 in the repository]" };
    private readonly Option<ulong?> seed = new("--seed") { Description = "Another seed than the profile's." };

    internal Option<bool> Json { get; } = new("--json") { Description = "Print the result as JSON; progress goes to standard error." };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[profile, output, data, seed, EngineOptions.Threads, EngineOptions.Device, Json]) command.Add(option);
    }

    internal PipelineRun Create(ParseResult arguments, IPipelineObserver observer)
    {
        var chosen = Profile.Load(arguments.GetValue(profile)!);
        if (arguments.GetValue(seed) is { } other) chosen = chosen with { Seed = other };
        var device = EngineOptions.Apply(arguments);
        return new(chosen, arguments.GetValue(output) ?? Path.Combine(Checkout.Artifacts, chosen.Name), observer, device, arguments.GetValue(data));
    }
}

/// <summary>The options of all verbs that compute.</summary>
internal static class EngineOptions
{
    internal static Option<int?> Threads { get; } = new("--threads") { Description = "Threads to compute with. [default: all cores]" };

    internal static Option<string?> Device { get; } = new("--device") { Description = "cpu, or cuda where there is one. [default: cuda where there is one]" };

    /// <summary>Sets the threads, and finds the device; null for the default.</summary>
    /// <exception cref="UserException">There is no such device, or the number of threads is no good.</exception>
    internal static Device? Apply(ParseResult arguments)
    {
        if (arguments.GetValue(Threads) is { } threads)
        {
            if (threads < 1) throw new UserException($"--threads must be at least 1, not {threads}.");
            set_num_threads(threads);
        }
        return arguments.GetValue(Device) switch
        {
            null => null,
            "cpu" => CPU,
            "cuda" when cuda.is_available() => CUDA,
            "cuda" => throw new UserException("--device cuda: the engine sees no CUDA device; `distillkit doctor` says what it sees."),
            var other => throw new UserException($"--device must be cpu or cuda, not '{other}'."),
        };
    }
}
