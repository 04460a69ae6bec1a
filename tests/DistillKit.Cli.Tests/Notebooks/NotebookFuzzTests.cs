using System.Text;
using DistillKit.Cli.Notebooks;
using Tests.Shared.Fuzzing;

namespace DistillKit.Cli.Tests.Notebooks;

public sealed class NotebookFuzzTests
{
    [Fact]
    public void Damaged_notebooks_are_read_and_written_again_or_refused()
    {
        var executed = NotebookFile.Parse(NotebookFolder.Json("1 + 1", new("# Title", Type: "markdown"), "#!fsharp\nlet x = 1"), "x");
        executed.CodeCells.First().SetResult(1, [new System.Text.Json.Nodes.JsonObject { ["name"] = "stdout", ["text"] = "2\ud83d\n" }]);
        executed.MarkExecuted("smoke");
        byte[][] originals = [Encoding.UTF8.GetBytes(executed.ToJson())];
        var counts = Fuzzer.Run(new("notebooks", Share: 0.1, originals, Use, error => error is UserException)
        {
            Mutators = [ByteMutations.Apply, JsonMutations.Apply],
        });
        Assert.True(counts.Read > 0 && counts.Refused > 0, $"{counts}");
    }

    private static void Use(byte[] file)
    {
        var notebook = NotebookFile.Parse(Encoding.UTF8.GetString(file), "x.ipynb");
        _ = (notebook.Language, notebook.FindStaleness());
        Assert.All(notebook.Cells, cell => Assert.NotNull(cell.Source + cell.Language));
        foreach (var cell in notebook.CodeCells) new OutputFilter("/some/checkout").Apply(cell.Outputs);
        var before = notebook.ToJson();
        Assert.Equal(before, NotebookFile.Parse(before, "x.ipynb").ToJson());
        notebook.Clear();
        notebook.MarkExecuted("smoke");
        Assert.Null(NotebookFile.Parse(notebook.ToJson(), "x.ipynb").FindStaleness());
    }
}
