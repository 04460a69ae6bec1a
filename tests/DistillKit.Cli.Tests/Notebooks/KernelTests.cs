using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DistillKit.Cli.Tests.Notebooks;

/// <summary>What the real kernel makes of cells: one notebook, executed once, of which every test looks at a cell.</summary>
public sealed class KernelTests(KernelTests.Executed executed) : IClassFixture<KernelTests.Executed>
{
    [Fact]
    public void All_cells_before_the_one_that_throws_ran_and_the_error_names_notebook_cell_and_line()
    {
        Assert.Equal(1, executed.Outcome.ExitCode);
        Assert.Contains("all.ipynb, cell 10, line 3: System.Exception: broken; what ran is in ", executed.Outcome.Error);
        Assert.Equal("System.Exception: broken", (string)Cell(9)[0]!["evalue"]!);
    }

    [Fact]
    public void The_last_expression_is_a_result_and_both_streams_keep_their_order()
    {
        Assert.Equal(["stream", "stream", "execute_result"], Cell(0).Select(output => (string)output!["output_type"]!));
        Assert.Equal(("a", "stderr"), (NotebookFolder.Text(Cell(0)[0]!["text"]), (string)Cell(0)[1]!["name"]!));
        Assert.Contains("<pre>42</pre>", NotebookFolder.Text(Cell(0)[2]!["data"]!["text/html"]));
    }

    [Fact]
    public void A_hundred_thousand_lines_are_all_there_and_take_seconds()
    {
        var lines = NotebookFolder.Text(Assert.Single(Cell(1))!["text"]).Split('\n');
        Assert.Equal(("line 0", "line 99999", 100_001), (lines[0], lines[^2], lines.Length));
        Assert.InRange(executed.Time, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void A_carriage_return_overwrites_its_line() => Assert.Equal("100 %\n", NotebookFolder.Text(Assert.Single(Cell(2))!["text"]));

    [Fact]
    public void Half_a_surrogate_pair_is_saved() => Assert.Equal("a\uFFFDb", NotebookFolder.Text(Assert.Single(Cell(3))!["text"]));

    [Fact]
    public void A_cell_that_is_marked_only_as_polyglot_runs() =>
        Assert.Equal("marked", NotebookFolder.Text(Assert.Single(Cell(4))!["data"]!["text/plain"]));

    [Fact]
    public void FSharp_takes_values_over_from_CSharp() => Assert.Equal("6\n", NotebookFolder.Text(Assert.Single(Cell(5))!["text"]));

    [Fact]
    public void A_script_beside_the_notebook_is_imported() =>
        Assert.Equal("imported", NotebookFolder.Text(Assert.Single(Cell(6))!["data"]!["text/plain"]));

    [Fact]
    public void A_package_is_installed() => Assert.Equal("""{"A":1}""", NotebookFolder.Text(Cell(7).Last()!["data"]!["text/plain"]));

    [Fact]
    public void A_displayed_value_is_updated_in_its_place() =>
        Assert.Equal("new", NotebookFolder.Text(Assert.Single(Cell(8))!["data"]!["text/plain"]));

    private JsonArray Cell(int index) => executed.Outputs[index];

    public sealed class Executed : IAsyncLifetime
    {
        private readonly NotebookFolder folder = new();

        internal Outcome Outcome { get; private set; } = null!;

        internal JsonArray[] Outputs { get; private set; } = [];

        internal TimeSpan Time { get; private set; }

        public async Task InitializeAsync()
        {
            File.WriteAllText(folder["other.csx"], "var other = \"imported\";");
            var notebook = folder.Write(
                "all.ipynb",
                "var numbers = new[] { 1, 2, 3 };\nConsole.Write(\"a\"); Console.Error.Write(\"b\");\n42",
                "for (var i = 0; i < 100_000; i++) Console.WriteLine($\"line {i}\");",
                "for (var i = 0; i <= 100; i++) Console.Write($\"\\r{i} %\");\nConsole.WriteLine();",
                "Console.Write(\"a\\uD83Db\");",
                new("\"marked\"", """{ "vscode": { "languageId": "polyglot-notebook" } }"""),
                new(
                    "#!fsharp\n#!share --from csharp numbers\nprintfn \"%d\" (Array.sum numbers)",
                    """{ "polyglot_notebook": { "kernelName": "fsharp" } }"""),
                "#!import other.csx\nother",
                "#r \"nuget: Newtonsoft.Json, 13.0.4\"\nNewtonsoft.Json.JsonConvert.SerializeObject(new { A = 1 })",
                """
                using Microsoft.DotNet.Interactive;
                var shown = KernelInvocationContext.Current.Display("old", "text/plain");
                shown.Update("new");
                """,
                "\n\nthrow new Exception(\"broken\");",
                "Console.WriteLine(\"never\");");
            var start = Stopwatch.GetTimestamp();
            Outcome = await Cli.RunAsync("notebooks", "run", notebook, "--profile", "smoke", "--write");
            Time = Stopwatch.GetElapsedTime(start);
            Outputs = NotebookFolder.Outputs(notebook);
        }

        public Task DisposeAsync()
        {
            folder.Dispose();
            return Task.CompletedTask;
        }
    }
}
