using System.Diagnostics;

namespace DistillKit.Cli.Tests;

/// <summary>The program in a process of its own.</summary>
internal sealed class Cli : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "DistillKit.Cli.dll");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> error;

    private Cli(IEnumerable<string> arguments, (string Name, string Value)? variable)
    {
        // A shell's background job ignores Ctrl+C, and so would its children: env gives them the default back.
        var (file, first) = OperatingSystem.IsLinux() ? ("env", (string[])["--default-signal=INT", "dotnet"]) : ("dotnet", []);
        var start = new ProcessStartInfo(file, [.. first, Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (variable is { } given) start.Environment[given.Name] = given.Value;
        process = Process.Start(start)!;
        output = process.StandardOutput.ReadToEndAsync();
        error = process.StandardError.ReadToEndAsync();
    }

    public static Cli Start(params string[] arguments) => new(arguments, null);

    public static Task<Outcome> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    public static async Task<Outcome> RunAsync((string, string)? variable, params string[] arguments)
    {
        using var cli = new Cli(arguments, variable);
        return await cli.ExitAsync();
    }

    public async Task<Outcome> ExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Waits until a file holds more than a number of lines.</summary>
    public async Task UntilAsync(string file, int lines)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!File.Exists(file) || Lines(file) <= lines)
        {
            if (process.HasExited) Assert.Fail($"The program ended before it wrote {file}: {await output}{await error}");
            if (DateTime.UtcNow > deadline) Assert.Fail($"The program did not write {file} in time.");
            await Task.Delay(5);
        }
    }

    public static int Lines(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Count(character => character == '\n');
    }

    /// <summary>What Ctrl+C does.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>The cells of the table that it printed, without the heading.</summary>
    public IEnumerable<string[]> Table => Output.Split('\n').Where(line => line.StartsWith('|')).Skip(2)
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
}
