using System.Diagnostics;
using DistillKit.Host.Files;

namespace DistillKit.Host.Tests;

public sealed class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_notebook_that_runs_is_saved_as_executed()
    {
        using var bench = new Bench((Bench.CSharp, "Console.WriteLine(\"hello\");"));
        var (code, output, _) = await RunAsync(bench, "60");

        Assert.Equal(0, code);
        Assert.Contains("hello", output);
        Assert.Null(NotebookFile.Load(bench.Path).FindStaleness());
    }

    [Fact]
    public async Task A_failed_notebook_is_saved_as_far_as_it_came()
    {
        using var bench = new Bench((Bench.CSharp, "\"kept\""), (Bench.CSharp, "\nthrow new Exception(\"broken\");"));
        var (code, _, error) = await RunAsync(bench, "60");
        var notebook = NotebookFile.Load(bench.Path);

        Assert.Equal(1, code);
        Assert.EndsWith("test.ipynb, cell 2, line 2: System.Exception: broken", error.Trim());
        Assert.Contains("kept", notebook.Cells[0].Outputs.ToJsonString());
        Assert.Contains("broken", notebook.Cells[1].Outputs.ToJsonString());
    }

    [Fact]
    public async Task What_ran_before_a_crash_of_the_process_is_kept()
    {
        using var bench = new Bench((Bench.CSharp, "\"kept\""), (Bench.CSharp, "Environment.FailFast(\"crash\");"));
        var (code, _, _) = await RunAsync(bench, "60");
        Assert.NotEqual(0, code);
        Assert.Contains("kept", NotebookFile.Load(bench.Path).Cells[0].Outputs.ToJsonString());
    }

    [Fact]
    public async Task An_endless_cell_ends_with_the_limit()
    {
        using var bench = new Bench((Bench.CSharp, "while (true) { }"));
        var (code, _, error) = await RunAsync(bench, "3");
        Assert.Equal(1, code);
        Assert.Contains("longer than its limit of 3 s", error);
    }

    [Fact]
    public async Task The_end_of_its_input_stops_it()
    {
        using var bench = new Bench((Bench.CSharp, "\"kept\""), (Bench.CSharp, "Console.WriteLine(\"waiting\"); while (!Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken.IsCancellationRequested) System.Threading.Thread.Sleep(5);"));
        using var process = Start(bench.Path, bench.Path, "100", "--watch-input");
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line && line != "waiting")
        {
        }
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("kept", NotebookFile.Load(bench.Path).Cells[0].Outputs.ToJsonString());
    }

    [Fact]
    public async Task A_referenced_library_is_the_same_one_for_all_languages()
    {
        // One that the host itself does not know.
        var library = typeof(Assert).Assembly.Location;
        var name = Path.GetFileName(library);
        using var bench = new Bench(
            (Bench.CSharp, $"#r \"{name}\"\nXunit.Assert.True(true);\nvar found = typeof(Xunit.Assert);\nvar error = new Xunit.Sdk.XunitException(\"text\");"),
            (Bench.FSharp, $"#r \"{name}\"\n#!share --from csharp found\n#!share --from csharp error\nprintfn \"same: %b, %s\" (obj.ReferenceEquals(typeof<Xunit.Assert>, found)) error.Message"));
        File.Copy(library, Path.Combine(bench.Folder, name));

        var (code, output, problem) = await RunAsync(bench, "60");

        Assert.True(code == 0, problem);
        Assert.Contains("same: true, text", output);
    }

    [Fact]
    public async Task Check_tells_stale_notebooks_by_name()
    {
        using var bench = new Bench((Bench.CSharp, "1"));
        using var process = Start("--check", bench.Path);
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("test.ipynb: it has not been executed", error);
    }

    [Fact]
    public async Task A_damaged_file_is_one_line_and_left_as_it_is()
    {
        using var bench = new Bench();
        File.WriteAllText(bench.Path, "{ \"nbformat\": 4");
        var (code, _, error) = await RunAsync(bench, "60");
        Assert.Equal(1, code);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Equal("{ \"nbformat\": 4", File.ReadAllText(bench.Path));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Bench bench, string limit)
    {
        using var process = Start(bench.Path, bench.Path, limit);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DistillKit.Host.dll"), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
