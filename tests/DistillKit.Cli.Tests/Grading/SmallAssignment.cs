using System.Text.Json.Nodes;
using DistillKit.Cli.Notebooks;

namespace DistillKit.Cli.Tests.Grading;

/// <summary>A part of notebook 06 that runs in seconds: a warm-up, three functions and a question to think about, 10 points by the grader.
/// </summary>
internal sealed class SmallAssignment
{
    internal const string Name = "06-quantization-first-principles.ipynb";

    private static readonly string[] Ids =
    [
        "06-zero-point", "06-zero", "06-zero-test", "06-affine-about", "06-affine", "06-affine-test", "06-byte-about", "06-byte",
        "06-byte-test", "06-fixed-about", "06-fixed", "06-fixed-test", "06-shape",
    ];

    private readonly NotebookFile complete;

    /// <param name="folder">Where the complete notebook goes.</param>
    internal SmallAssignment(string folder)
    {
        var whole = NotebookFile.Load(Path.Combine(Checkout.Root, "notebooks", Name));
        complete = whole.With(whole.Cells.Where(cell => cell == whole.CodeCells.First() || Ids.Contains(cell.Id)));
        Key = Path.Combine(folder, Name);
        complete.Save(Key);
    }

    /// <summary>The file of the complete notebook.</summary>
    internal string Key { get; }

    /// <summary>What is handed out.</summary>
    internal NotebookFile Blank()
    {
        var copy = NotebookFile.Load(Key);
        Assignment.Make(copy);
        return copy;
    }

    /// <summary>What somebody hands in who has solved everything.</summary>
    internal NotebookFile Solved()
    {
        var copy = Blank();
        foreach (var cell in copy.CodeCells.Where(cell => cell.IsSolution))
            cell.Source = complete.CodeCells.Single(one => one.GradeId == cell.GradeId).Source;
        return copy;
    }

    /// <summary>The same, but for what one function does first.</summary>
    internal NotebookFile With(string exercise, string statements)
    {
        var copy = Solved();
        var cell = Find(copy, exercise);
        var brace = cell.Source.IndexOf('{', StringComparison.Ordinal) + 1;
        cell.Source = cell.Source.Insert(brace, $"\n    {statements}\n");
        return copy;
    }

    /// <summary>The same with a cell more, before an exercise.</summary>
    internal NotebookFile WithCell(string exercise, string source)
    {
        var copy = Solved();
        var json = JsonNode.Parse("""{ "cell_type": "code", "metadata": {}, "outputs": [] }""")!.AsObject();
        json["source"] = source;
        var added = new Cell(json, 0, what => new InvalidOperationException(what));
        return copy.With(copy.Cells.SelectMany(cell => cell.GradeId == exercise ? (Cell[])[added, cell] : [cell]));
    }

    internal static Cell Find(NotebookFile notebook, string id) => notebook.Cells.First(cell => cell.GradeId == id);
}
