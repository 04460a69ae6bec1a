using static TorchSharp.torch;

namespace DistillKit.Cli.Commands;

/// <summary>The options that several verbs share, and what they mean.</summary>
internal static class Options
{
    internal static Option<string?> Data { get; } =
        New<string?>("--data", "Where CIFAR-10 is kept. [default: data/cifar10 in the repository]");

    internal static Option<int?> Threads { get; } = New<int?>("--threads", "Threads to compute with. [default: all cores]");

    internal static Option<string?> Device { get; } =
        New<string?>("--device", "cpu, or cuda where there is one. [default: cuda where there is one]");

    internal static Option<bool> Json { get; } = New<bool>("--json", "Print the result as JSON; progress goes to standard error.");

    internal static Option<string?> Output(string description) => new("--output", "-o") { Description = description };

    /// <param name="purpose">What it is for, where that is not the verb's work itself.</param>
    internal static Option<string> Profile(string purpose = "") => new("--profile", "-p")
    {
        Description = $"{purpose}{string.Join(", ", Runs.Profiles.Profile.BuiltIn)}, or the path of a profile's JSON file.",
        DefaultValueFactory = _ => "quick",
    };

    internal static Option<T> New<T>(string name, string description) => new(name) { Description = description };

    internal static Option<T> New<T>(string name, string description, T standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };

    internal static void AddRange(this Command command, params IEnumerable<Option> options)
    {
        foreach (var option in options) command.Add(option);
    }

    internal static int ThreadCount(this ParseResult arguments)
    {
        var threads = arguments.GetValue(Threads) ?? Environment.ProcessorCount;
        return threads >= 1 ? threads : throw new UserException($"--threads must be at least 1, not {threads}.");
    }

    /// <summary>Sets the engine's threads where they were asked for, and finds the device.</summary>
    internal static Device PrepareEngine(this ParseResult arguments)
    {
        if (arguments.GetValue(Threads) is not null) set_num_threads(arguments.ThreadCount());
        return arguments.GetValue(Device) switch
        {
            null => cuda.is_available() ? CUDA : CPU,
            "cpu" => CPU,
            "cuda" when cuda.is_available() => CUDA,
            "cuda" => throw new UserException("--device cuda: the engine sees no CUDA device; `./distillkit doctor` says what it sees."),
            var other => throw new UserException($"--device must be cpu or cuda, not '{other}'."),
        };
    }

    internal static void Print<T>(this ParseResult arguments, T result, Action<T> show)
    {
        if (arguments.GetValue(Json)) Terminal.Raw.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        else show(result);
    }
}
