using System.Diagnostics;

namespace DistillKit.Cli.Tests.Notebooks;

public sealed class NotebooksTests : IDisposable
{
    private readonly NotebookFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Notebooks_run_in_kernels_of_their_own_with_profile_and_settings_from_the_environment()
    {
        var first = folder.Write("1.ipynb", """
            Environment.SetEnvironmentVariable("DISTILLKIT_LEAK", "yes");
            string Read(string name) => Environment.GetEnvironmentVariable("DISTILLKIT_" + name);
            Console.WriteLine($"{Read("PROFILE")} {Read("MANY_EPOCHS")}");
            """);
        var second = folder.Write("2.ipynb", "Console.WriteLine($\"leak: '{Environment.GetEnvironmentVariable(\"DISTILLKIT_LEAK\")}'\");");
        var before = File.ReadAllText(first);

        var outcome = await Cli.RunAsync(
            "notebooks", "run", first, second, "--profile", "smoke", "--set", "many-epochs=3", "--output", folder["out"]);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("smoke 3\n", outcome.Output);
        Assert.Contains("leak: ''\n", outcome.Output);
        Assert.Equal(before, File.ReadAllText(first));
        Assert.Contains("smoke 3", File.ReadAllText(folder["out/1.ipynb"]));
        Assert.Equal(0, (await Cli.RunAsync("notebooks", "run", folder["out/1.ipynb"], "--check")).ExitCode);
        Assert.Equal(1, (await Cli.RunAsync("notebooks", "run", first, "--check")).ExitCode);
    }

    [Theory]
    [InlineData("Environment.Exit(3);", "ended with exit code 3")]
    [InlineData(
        "System.Diagnostics.Process.Start(\"kill\", [\"-9\", $\"{Environment.ProcessId}\"]); System.Threading.Thread.Sleep(60_000);",
        "lack of memory")]
    public async Task A_kernel_that_ends_fails_the_cell_and_what_ran_is_saved(string code, string reason)
    {
        var first = folder.Write("1.ipynb", "\"kept\"", $"Console.WriteLine(\"before\");\n{code}", "\"never\"");
        var second = folder.Write("2.ipynb", "Console.WriteLine(\"never\");");

        var outcome = await Cli.RunAsync("notebooks", "run", first, second, "--profile", "smoke", "--write");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches($"1.ipynb, cell 2: .*{reason}", outcome.Error);
        Assert.DoesNotContain("never", outcome.Output);
        var outputs = NotebookFolder.Outputs(first);
        Assert.Equal("kept", NotebookFolder.Text(outputs[0][0]!["data"]!["text/plain"]));
        Assert.Equal(["stream", "error"], outputs[1].Select(output => (string)output!["output_type"]!));
        Assert.Empty(outputs[2]);
    }

    [Fact]
    public async Task Where_the_library_is_not_built_the_first_cell_says_in_one_line_what_to_type()
    {
        File.WriteAllText(folder["DistillKit.Notebooks.sln"], "");
        var notebook = folder.Write("notebooks/deep/1.ipynb", "#!import ../setup.csx\nusing DistillKit.Notebook;", "\"never\"");
        File.Copy(Path.Combine(Checkout.Root, "notebooks", "setup.csx"), folder["notebooks/setup.csx"]);

        var outcome = await Cli.RunAsync("notebooks", "run", notebook, "--profile", "smoke", "--write");

        Assert.Equal(1, outcome.ExitCode);
        var line = Assert.Single(outcome.Error.Trim().Split('\n'));
        Assert.Contains("1.ipynb, cell 1: The library is not built: type ./distillkit doctor in ", line);
        Assert.Single(NotebookFolder.Outputs(notebook)[0]);
    }

    [Fact]
    public async Task A_cell_that_does_not_compile_is_named_with_its_line()
    {
        var notebook = folder.Write("1.ipynb", "var a = 1;\nvar b = nothing;");
        var outcome = await Cli.RunAsync("notebooks", "run", notebook, "--profile", "smoke", "--output", folder["out"]);
        Assert.Contains("1.ipynb, cell 1, line 2: (2,9): error CS0103", outcome.Error);
    }

    [Fact]
    public async Task An_endless_cell_ends_with_the_limit()
    {
        var notebook = folder.Write("1.ipynb", "Console.WriteLine(\"began\");\nwhile (true) System.Threading.Thread.Sleep(5);");
        var outcome = await Cli.RunAsync("notebooks", "run", notebook, "--profile", "smoke", "--timeout", "5", "--write");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("1.ipynb, cell 1: The cell took longer than its limit of 5 s.", outcome.Error);
        Assert.Contains("began", File.ReadAllText(notebook).Split("\"outputs\"")[1]);
    }

    [Fact]
    public async Task Interrupted_it_lets_the_cell_end_and_exits_with_130()
    {
        var mark = folder["began"];
        var notebook = folder.Write("1.ipynb", $$"""
            System.IO.File.WriteAllText("{{mark}}", $"{Environment.ProcessId}\n\n");
            var stop = Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken;
            while (!stop.IsCancellationRequested) System.Threading.Thread.Sleep(5);
            Console.WriteLine("ended");
            """);
        using var cli = Cli.Start("notebooks", "run", notebook, "--profile", "smoke", "--write");
        await cli.UntilAsync(mark, 1);
        // The interrupt key goes to all processes of a terminal.
        using (var kill = Process.Start("kill", ["-INT", File.ReadLines(mark).First()])) await kill.WaitForExitAsync();
        cli.Interrupt();
        var outcome = await cli.ExitAsync();

        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("ended", File.ReadAllText(notebook).Split("\"outputs\"")[1]);
    }

    [Fact]
    public async Task Notebooks_of_one_name_are_not_written_over_each_other()
    {
        string[] same = [folder.Write("a/x.ipynb", "1"), folder.Write("b/x.ipynb", "2")];
        var outcome = await Cli.RunAsync(["notebooks", "run", .. same, "--profile", "smoke", "--output", folder["out"]]);
        Assert.Equal((1, false), (outcome.ExitCode, Directory.Exists(folder["out"])));
        Assert.Contains("Two notebooks have the name x.ipynb", Assert.Single(outcome.Error.Trim().Split('\n')));
    }

    [Theory]
    [InlineData("no notebook", "missing.ipynb")]
    [InlineData("name=value", "{0}", "--set", "epochs")]
    [InlineData("no profile 'nonsense'", "{0}", "--profile", "nonsense")]
    [InlineData("--timeout must be above 0", "{0}", "--timeout", "-1")]
    [InlineData("exclude each other", "{0}", "--write", "--output", "x")]
    public async Task A_mistake_is_one_line(string reason, params string[] arguments)
    {
        var notebook = folder.Write("1.ipynb", "1");
        var outcome = await Cli.RunAsync(["notebooks", "run", .. arguments.Select(argument => string.Format(argument, notebook))]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(reason, Assert.Single(outcome.Error.Trim().Split('\n')));
    }
}
