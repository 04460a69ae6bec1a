using System.Text.RegularExpressions;
using DistillKit.Cli.Notebooks;
using DistillKit.Notebook.Exercises;

namespace DistillKit.Cli.Tests.Notebooks;

/// <summary>What Jupyter's clients and the exercises ask of the twelve notebooks and the introduction beside them.</summary>
public sealed partial class CurriculumTests
{
    private const string Introduction = "00b-torchsharp.ipynb";

    public static TheoryData<string> All => [.. NotebookRunner.Find([]).Select(path => Path.GetFileName(path))];

    [Fact]
    public void There_are_twelve_and_an_introduction()
    {
        string[] names = [.. NotebookRunner.Find([]).Select(path => Path.GetFileName(path))];
        Assert.Contains(Introduction, names);
        Assert.Equal(12, names.Count(name => name != Introduction));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Cells_in_FSharp_say_so_in_their_first_line(string name)
    {
        // Jupyter's clients do not send a cell's metadata.
        foreach (var cell in Load(name).CodeCells)
            Assert.Equal(cell.Language == "fsharp", cell.Source.StartsWith("#!fsharp\n", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Cells_are_short(string name)
    {
        foreach (var (number, cell) in Load(name).CodeCells.Index())
        {
            var lines = cell.Source.Split('\n');
            Assert.True(lines.Length <= 25, $"code cell {number + 1} has {lines.Length} lines");
            Assert.All(lines, line => Assert.True(line.Length <= 100, $"code cell {number + 1} has a line of {line.Length} columns"));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Exercises_say_their_kind_points_and_minutes(string name)
    {
        var headings = Load(name).Cells.Where(cell => !cell.IsCode).SelectMany(cell => Exercise().Matches(cell.Source)).ToList();
        Assert.All(headings, heading => Assert.Matches(@"^### (Warm-up|Build|Think): .+ \(\d+ points?, .+\)$", heading.Value));
        var book = ExerciseBook.Of(name.Split('-')[0]);
        Assert.Equal(book.Count, headings.Count);
        Assert.Equal(Enum.GetValues<ExerciseKind>(), book.Select(exercise => exercise.Kind).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_answer_in_words_is_a_cell_of_its_own(string name)
    {
        // The student's version has none of that cell.
        foreach (var cell in Load(name).Cells.Where(cell => !cell.IsCode && cell.IsSolution))
            Assert.Matches(@"\A<details><summary>[^<]+</summary>\n[\s\S]*</details>\s*\z", cell.Source);
    }

    [GeneratedRegex("^### (Warm-up|Build|Think)\\b.*$", RegexOptions.Multiline)]
    private static partial Regex Exercise();

    [Theory]
    [MemberData(nameof(All))]
    public void The_first_cell_imports_the_set_up(string name)
    {
        var notebook = Load(name);
        Assert.StartsWith("#!import setup.csx\n", notebook.CodeCells.First().Source);
        Assert.Equal(".net-csharp", (string)notebook.Metadata["kernelspec"]!["name"]!);
    }

    private static NotebookFile Load(string name) =>
        NotebookFile.Load(NotebookRunner.Find([]).Single(path => Path.GetFileName(path) == name));
}
