namespace DistillKit.Cli.Tests;

public sealed class NotebooksTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("distillkit-notebooks-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Notebooks_run_in_kernels_of_their_own_with_profile_and_settings_from_the_environment()
    {
        var first = Write("1.ipynb", "var shared = 1; Environment.SetEnvironmentVariable(\"DISTILLKIT_LEAK\", \"yes\");\nConsole.WriteLine($\"{Environment.GetEnvironmentVariable(\"DISTILLKIT_PROFILE\")} {Environment.GetEnvironmentVariable(\"DISTILLKIT_MANY_EPOCHS\")}\");");
        var second = Write("2.ipynb", "Console.WriteLine($\"leak: '{Environment.GetEnvironmentVariable(\"DISTILLKIT_LEAK\")}'\");");
        var before = File.ReadAllText(first);

        var outcome = await Cli.RunAsync("notebooks", "run", first, second, "--profile", "smoke", "--set", "many-epochs=3", "--output", folder + "/out");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("smoke 3\n", outcome.Output);
        Assert.Contains("leak: ''\n", outcome.Output);
        Assert.Equal(before, File.ReadAllText(first));
        Assert.Contains("smoke 3", File.ReadAllText(Path.Combine(folder, "out", "1.ipynb")));
        Assert.Equal(0, (await Cli.RunAsync("notebooks", "run", Path.Combine(folder, "out", "1.ipynb"), "--check")).ExitCode);
        Assert.Equal(1, (await Cli.RunAsync("notebooks", "run", first, "--check")).ExitCode);
    }

    [Fact]
    public async Task A_cell_that_throws_stops_the_rest_and_is_saved()
    {
        var first = Write("1.ipynb", "Console.WriteLine(\"kept\");\n\nthrow new Exception(\"broken\");");
        var second = Write("2.ipynb", "Console.WriteLine(\"never\");");

        var outcome = await Cli.RunAsync("notebooks", "run", first, second, "--profile", "smoke", "--write");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("1.ipynb, cell 1, line 3: System.Exception: broken", outcome.Error);
        Assert.DoesNotContain("never", outcome.Output);
        Assert.Contains("kept", File.ReadAllText(first).Split("\"outputs\"")[1]);
    }

    [Fact]
    public async Task Interrupted_it_lets_the_cell_end_and_exits_with_130()
    {
        var mark = Path.Combine(folder, "began");
        var notebook = Write("1.ipynb", $"System.IO.File.WriteAllText(\"{mark}\", \"1\\n2\\n\");\nwhile (!Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken.IsCancellationRequested) System.Threading.Thread.Sleep(5);\nConsole.WriteLine(\"ended\");");
        using var cli = Cli.Start("notebooks", "run", notebook, "--profile", "smoke", "--write");
        await cli.UntilAsync(mark, 1);
        cli.Interrupt();
        var outcome = await cli.ExitAsync();

        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("ended", File.ReadAllText(notebook).Split("\"outputs\"")[1]);
    }

    [Theory]
    [InlineData("no notebook", "missing.ipynb")]
    [InlineData("name=value", "{0}", "--set", "epochs")]
    [InlineData("no profile 'nonsense'", "{0}", "--profile", "nonsense")]
    [InlineData("--timeout must be above 0", "{0}", "--timeout", "-1")]
    [InlineData("exclude each other", "{0}", "--write", "--output", "x")]
    public async Task A_mistake_is_one_line(string reason, params string[] arguments)
    {
        var notebook = Write("1.ipynb", "1");
        var outcome = await Cli.RunAsync(["notebooks", "run", .. arguments.Select(argument => string.Format(argument, notebook))]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(reason, Assert.Single(outcome.Error.Trim().Split('\n')));
    }

    private string Write(string name, string code)
    {
        var path = Path.Combine(folder, name);
        var cell = new { cell_type = "code", metadata = new { }, source = code, outputs = Array.Empty<int>(), execution_count = (int?)null };
        File.WriteAllText(path, System.Text.Json.JsonSerializer.Serialize(new { nbformat = 4, nbformat_minor = 5, metadata = new { }, cells = new[] { cell } }));
        return path;
    }
}
