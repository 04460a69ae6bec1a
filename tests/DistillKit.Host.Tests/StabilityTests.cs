using DistillKit.Host.Execution;
using DistillKit.Host.Files;

namespace DistillKit.Host.Tests;

public sealed class StabilityTests
{
    [Fact]
    public async Task Executing_twice_gives_the_same_bytes_but_for_what_cells_measure()
    {
        using var bench = new Bench(
            ("markdown", "# title"),
            (Bench.CSharp, "Console.WriteLine(System.IO.Directory.GetCurrentDirectory());\ndisplay(HTML($\"<div id='{Guid.NewGuid()}'></div>\"));\nvar id = Guid.NewGuid();"),
            (Bench.CSharp, "var d = display(\"x\"); d.Update(\"y\");\nHTML($\"<a href='#{id}'>{id}</a>\")"),
            (Bench.FSharp, "[1; 2]"));
        var (first, second) = (await ExecuteAsync(bench), await ExecuteAsync(bench));

        Assert.Equal(first, second);
        Assert.DoesNotContain(bench.Folder, first);
    }

    [Fact]
    public async Task Random_identifiers_that_were_the_same_stay_the_same_and_others_differ()
    {
        var cells = await Bench.OutputsAsync("var a = Guid.NewGuid(); var b = Guid.NewGuid();\nConsole.Write($\"{a} {a} {b}\");");
        var parts = cells[0][0].Text.Split(' ');
        Assert.Equal(parts[0], parts[1]);
        Assert.NotEqual(parts[0], parts[2]);
    }

    [Fact]
    public async Task Times_that_editors_note_are_dropped()
    {
        using var bench = new Bench((Bench.CSharp, "1"));
        var json = File.ReadAllText(bench.Path).Replace("\"metadata\":{\"polyglot", "\"metadata\":{\"execution\":{\"iopub.execute_input\":\"2026-01-01\"},\"polyglot");
        File.WriteAllText(bench.Path, json);
        Assert.Contains("iopub", json);
        Assert.DoesNotContain("iopub", await ExecuteAsync(bench));
    }

    [Fact]
    public async Task Staleness_is_seen_when_code_or_outputs_change()
    {
        using var bench = new Bench(("markdown", "a"), (Bench.CSharp, "\"out\""));
        Assert.Contains("not been executed", NotebookFile.Load(bench.Path).FindStaleness());
        var executed = await ExecuteAsync(bench);

        Assert.Null(Parse(executed).FindStaleness());
        Assert.Null(Parse(executed.Replace("\"a\"", "\"another text\"")).FindStaleness());
        Assert.Contains("code has changed", Parse(executed.Replace("\"source\": \"\\\"out\\\"\"", "\"source\": \"1\"")).FindStaleness());
        Assert.Contains("outputs are not", Parse(executed.Replace("\"out\"\n", "\"other\"\n")).FindStaleness());
    }

    private static NotebookFile Parse(string json) => NotebookFile.Parse(json, "x");

    private static async Task<string> ExecuteAsync(Bench bench)
    {
        var (result, notebook) = await bench.RunAsync();
        Assert.True(result.End == RunEnd.Completed, result.Error);
        notebook.MarkExecuted("smoke");
        return notebook.ToJson();
    }
}
