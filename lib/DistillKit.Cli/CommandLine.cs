using System.CommandLine.Help;
using DistillKit.Cli.Commands;

namespace DistillKit.Cli;

/// <summary>The `distillkit` command: finds the verb, runs it, and turns what goes wrong into one line and an exit code.</summary>
public static class CommandLine
{
    /// <summary>The verbs, in the order in which the help lists them. A new verb is one more line here.</summary>
    private static IEnumerable<Command> Verbs =>
    [
        RunCommand.Create(),
        ExperimentCommand.Create(),
        EvaluateCommand.Create(),
        QuantizeCommand.Create(),
        SensitivityCommand.Create(),
        ExportCommand.Create(),
        BenchmarkCommand.Create(),
        NotebooksCommand.Create(),
        AssignmentCommand.Create(), GradeCommand.Create(),
        JupyterCommand.Create(),
        DataCommand.Create(),
        DoctorCommand.Create(),
        MeasureMemoryCommand.Create(),
    ];

    /// <summary>The program.</summary>
    public static Task<int> Main(string[] arguments)
    {
        Terminal.Open();
        return RunAsync(arguments, Console.Out, Console.Error);
    }

    /// <summary>Runs one command line. Exit codes: 0 done; 1 failed, for a reason that the person can fix (<see cref="UserException"/>) or
    /// that the verb has reported; 2 wrong usage; 70 an error of the program, with its details in a file; 130 or 143 stopped by Ctrl+C or
    /// SIGTERM.</summary>
    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error) => RunAsync(arguments, output, error, Verbs);

    internal static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, IEnumerable<Command> verbs)
    {
        var root = new Command("distillkit", "Train, distill, quantize, deploy and measure CIFAR-10 classifiers.")
        {
            new HelpOption(), new VersionOption(),
        };
        foreach (var verb in verbs) root.Add(verb);

        var parsed = root.Parse(arguments switch
        {
            [] or ["help"] => ["--help"],
            ["help", .. var rest] => [.. rest, "--help"],
            _ => arguments,
        });
        var (reporting, isReported) = (new Lock(), false);
        if (UsageError.Describe(parsed) is { } mistake) return Report(mistake, 2);

        using var interruption = new Interruption(() => Report("stopped", 0));
        try
        {
            var settings = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            var exitCode = await parsed.InvokeAsync(settings, interruption.Token);
            return interruption.ExitCode is { } stopped ? Report("stopped", stopped) : exitCode;
        }
        catch (Exception) when (interruption.ExitCode is not null)
        {
            return Report("stopped", interruption.ExitCode.Value);
        }
        catch (UserException e)
        {
            return Report(e.Message, 1);
        }
        catch (Exception e) when
            (e is TypeInitializationException { TypeName: "TorchSharp.torch" } || e.GetBaseException() is DllNotFoundException)
        {
            return Report("the engine does not load; `./distillkit doctor` says why", 1);
        }
        catch (Exception e)
        {
            return Report($"unexpected error: {e.Message.Trim()} ({WriteDetails(e, arguments)})", 70);
        }

        int Report(string message, int exitCode)
        {
            // Who comes second ends the process: not before the line is written.
            lock (reporting)
            {
                if (!isReported) error.WriteLine($"distillkit: {PlainText.Of(message)}");
                isReported = true;
            }
            return exitCode;
        }
    }

    /// <summary>Keeps what a maintainer needs to know, and says where; where it cannot be written, gives the details themselves.</summary>
    private static string WriteDetails(Exception exception, IEnumerable<string> arguments)
    {
        try
        {
            var path = Path.Combine(Checkout.Artifacts, $"crash-{DateTime.Now:yyyyMMdd-HHmmss}-{Environment.ProcessId}.txt");
            var version = typeof(CommandLine).Assembly.GetName().Version;
            AtomicFile.WriteText(path, $"""
                distillkit {string.Join(' ', arguments)}
                version {version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}

                {exception}

                """);
            return $"details: {path}";
        }
        catch (UserException)
        {
            return exception.ToString();
        }
    }
}
