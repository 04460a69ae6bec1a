using System.Diagnostics;
using System.Text;

namespace DistillKit.Cli.Tests;

/// <summary>The program in a process of its own.</summary>
internal sealed class Cli : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "DistillKit.Cli.dll");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly Task reading;

    private Cli(IEnumerable<string> command, (string Name, string Value)? variable)
    {
        // A shell's background job ignores Ctrl+C, and so would its children: env gives them the default back.
        var (file, first) = OperatingSystem.IsLinux() ? ("env", (string[])["--default-signal=INT"]) : (command.First(), []);
        var start = new ProcessStartInfo(file, [.. first, .. OperatingSystem.IsLinux() ? command : command.Skip(1)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (variable is { } given) start.Environment[given.Name] = given.Value;
        process = Process.Start(start)!;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, error));
    }

    public static Cli Start(params string[] arguments) => new(["dotnet", Program, .. arguments], null);

    /// <summary>On a pseudo terminal of so many columns.</summary>
    public static Cli OnTerminal(int columns, params string[] arguments)
    {
        var quoted = string.Join(' ', arguments.Prepend(Program).Select(argument => $"'{argument}'"));
        return new(["script", "-qfec", $"stty cols {columns} rows 40; exec dotnet {quoted}", "/dev/null"], ("TERM", "xterm"));
    }

    public static Task<Outcome> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    public static async Task<Outcome> RunAsync((string, string)? variable, params string[] arguments)
    {
        using var cli = new Cli(["dotnet", Program, .. arguments], variable);
        return await cli.ExitAsync();
    }

    public async Task<Outcome> ExitAsync(TimeSpan? patience = null)
    {
        await process.WaitForExitAsync().WaitAsync(patience ?? Patience);
        await reading;
        return new(process.ExitCode, $"{output}", $"{error}");
    }

    /// <summary>Waits until it has written a text.</summary>
    public async Task UntilAsync(string text)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!Written().Contains(text))
        {
            if (process.HasExited) Assert.Fail($"The program ended before it wrote '{text}': {Written()}");
            if (DateTime.UtcNow > deadline) Assert.Fail($"The program did not write '{text}' in time: {Written()}");
            await Task.Delay(5);
        }
    }

    /// <summary>Waits until the process has loaded a native library.</summary>
    public async Task UntilLoadedAsync(string library)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!File.ReadAllText($"/proc/{process.Id}/maps").Contains(library))
        {
            if (DateTime.UtcNow > deadline) Assert.Fail($"The program did not load {library} in time: {Written()}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until a file holds more than a number of lines.</summary>
    public async Task UntilAsync(string file, int lines)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!File.Exists(file) || Lines(file) <= lines)
        {
            if (process.HasExited) Assert.Fail($"The program ended before it wrote {file}: {Written()}");
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
    public void Interrupt() => Signal("INT");

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Presses a key of the terminal.</summary>
    public void Press(char key)
    {
        process.StandardInput.Write(key);
        process.StandardInput.Flush();
    }

    public void Kill() => process.Kill();

    private string Written()
    {
        lock (output) return $"{output}{error}";
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder text)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
            lock (output) text.Append(buffer, 0, count);
    }

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
