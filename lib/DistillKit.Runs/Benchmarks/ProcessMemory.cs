namespace DistillKit.Runs.Benchmarks;

/// <summary>The memory that inference needs: the peak of a process that does nothing else, because a process's peak never falls.</summary>
public static class ProcessMemory
{
    /// <summary>The command's verb that runs a deployed network and prints its process's peak.</summary>
    public const string Verb = "measure-memory";

    /// <summary>Runs a deployed network in a process of its own.</summary>
    /// <param name="program">The path of the command, DistillKit.Cli.dll.</param>
    /// <returns>The peak of its resident memory in bytes.</returns>
    /// <exception cref="UserException">The process failed.</exception>
    public static long Measure(string program, Deployment deployment)
    {
        string[] arguments = [program, Verb, deployment.Path, "--runtime", deployment.Runtime.ToString()];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? long.Parse(output, CultureInfo.InvariantCulture)
            : throw new UserException($"The memory of {deployment.Path} could not be measured: {errors.Result.Trim()}");
    }
}
