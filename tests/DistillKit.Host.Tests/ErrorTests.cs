using DistillKit.Host.Execution;
using DistillKit.Host.Files;

namespace DistillKit.Host.Tests;

public sealed class ErrorTests
{
    [Fact]
    public async Task A_compile_error_has_the_cells_own_line_and_column()
    {
        var (result, output) = await FailAsync((Bench.CSharp, "#!time\nvar a = 1;\n\n  nowhere.Call();"));

        Assert.Equal("(4,3): error CS0103: The name 'nowhere' does not exist in the current context", output.Error);
        Assert.Contains("cell 1, line 4", result.Error);
    }

    [Fact]
    public async Task A_compile_error_of_fsharp_too()
    {
        var (result, output) = await FailAsync((Bench.FSharp, "let a = 1\nlet b = a + nowhere"));

        Assert.StartsWith("(2,13): error FS0039: The value or constructor 'nowhere' is not defined", output.Error);
        Assert.Contains("cell 1, line 2", result.Error);
    }

    [Theory]
    [InlineData(Bench.CSharp, "int Half(int x)\n{\n    return 10 / x;\n}", "\n\nHalf(0)")]
    [InlineData(Bench.FSharp, "let half (x: int) =\n    // by the caller's number\n    10 / x\n", "\n\nhalf 0")]
    public async Task An_exception_names_the_cells_that_it_came_through(string language, string definition, string call)
    {
        var (result, output) = await FailAsync((language, definition), (language, call));

        Assert.Equal("System.DivideByZeroException: Attempted to divide by zero.", output.Error);
        Assert.Contains("   at cell 2, line 3", output.Traceback);
        Assert.EndsWith("cell 2, line 3: System.DivideByZeroException: Attempted to divide by zero.", result.Error);
        Assert.DoesNotContain(output.Traceback, line => line.Contains("MoveNext") || line.Contains("ScriptExecution"));
    }

    [Fact]
    public async Task An_error_in_a_loaded_script_names_the_script()
    {
        using var bench = new Bench((Bench.CSharp, "#load \"helper.csx\""));
        File.WriteAllText(Path.Combine(bench.Folder, "helper.csx"), "var a = 1;\nvar b = nowhere;");
        var (result, _) = await bench.RunAsync();
        Assert.Contains("helper.csx(2,9): error CS0103", result.Error);
    }

    [Fact]
    public async Task A_missing_library_of_the_checkout_says_what_to_do()
    {
        using var bench = new Bench((Bench.CSharp, "#r \"lib/bin/Release/net10.0/Missing.dll\""));
        var (result, _) = await bench.RunAsync();
        Assert.Contains("run ./distillkit once", result.Error);
    }

    [Fact]
    public async Task Cells_after_a_failed_one_do_not_run_and_have_no_outputs()
    {
        using var bench = new Bench((Bench.CSharp, "Console.Write(1);"), (Bench.CSharp, "Console.Write(2);\nthrow new Exception(\"stop\");"), (Bench.CSharp, "Console.Write(3);"));
        var (result, notebook) = await bench.RunAsync();

        Assert.Equal((RunEnd.Failed, 2), (result.End, result.Cells));
        Assert.Equal("12", string.Concat(bench.Live));
        Assert.Equal([1, 2, null], notebook.CodeCells.Select(cell => cell.ExecutionCount));
        Assert.Equal([1, 2, 0], notebook.CodeCells.Select(cell => cell.Outputs.Count));
        Assert.NotNull(NotebookFile.Parse(notebook.ToJson(), "x").FindStaleness());
    }

    [Fact]
    public async Task A_cell_that_takes_too_long_fails_and_is_told_to_stop()
    {
        using var bench = new Bench((Bench.CSharp, """
            using Microsoft.DotNet.Interactive;
            while (!KernelInvocationContext.Current.CancellationToken.IsCancellationRequested) Thread.Sleep(5);
            Console.Write("saved");
            """.Replace("Thread.Sleep", "System.Threading.Thread.Sleep")));
        var (result, _) = await bench.RunAsync(seconds: 4);

        Assert.Equal((RunEnd.Failed, false), (result.End, result.IsAbandoned));
        Assert.Contains("longer than its limit of 4 s", result.Error);
        Assert.Equal("saved", string.Concat(bench.Live));
    }

    [Fact]
    public async Task A_cell_that_does_not_heed_its_cancellation_is_abandoned()
    {
        using var bench = new Bench((Bench.CSharp, "System.Threading.Thread.Sleep(8000);"));
        var (result, _) = await bench.RunAsync(seconds: 2, grace: 0.2);
        Assert.Equal((RunEnd.Failed, true), (result.End, result.IsAbandoned));
    }

    [Fact]
    public async Task A_stopped_execution_is_no_failure()
    {
        using var bench = new Bench((Bench.CSharp, "await Task.Delay(60000, Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken);"));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var (result, _) = await bench.RunAsync(cancellation: stop.Token);
        Assert.Equal(RunEnd.Stopped, result.End);
    }

    [Fact]
    public async Task A_language_that_nobody_runs_is_refused_by_name()
    {
        var (result, _) = await FailAsync(("python", "print(1)"));
        Assert.Contains("'python'", result.Error);
    }

    private static async Task<(RunResult Result, Output Error)> FailAsync(params (string, string)[] cells)
    {
        using var bench = new Bench(cells);
        var (result, notebook) = await bench.RunAsync();
        Assert.Equal(RunEnd.Failed, result.End);
        return (result, new(notebook.CodeCells.ElementAt(result.Cells - 1).Outputs.Last()!.AsObject()));
    }
}
