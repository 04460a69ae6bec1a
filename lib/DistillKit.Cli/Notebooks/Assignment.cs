namespace DistillKit.Cli.Notebooks;

/// <summary>
/// Makes the student's version of a notebook whose cells carry nbgrader's metadata and markers
/// (https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html): solutions become blanks, hidden tests and outputs go.
/// </summary>
internal static class Assignment
{
    /// <summary>What stands before a solution in a complete notebook.</summary>
    internal const string BeginSolution = "### BEGIN SOLUTION";
    private const string EndSolution = "### END SOLUTION";
    private const string BeginHidden = "### BEGIN HIDDEN TESTS";
    private const string EndHidden = "### END HIDDEN TESTS";

    /// <summary>What stands in the place of an answer in words.</summary>
    internal const string NoAnswer = "*Your answer.*";

    /// <summary>What a blank says; an exercise's function that throws it counts as not written yet.</summary>
    private static readonly Dictionary<string, string[]> Blanks = new()
    {
        ["csharp"] = ["// Your code.", "throw new NotImplementedException();"],
        ["fsharp"] = ["// Your code.", "raise (System.NotImplementedException())"],
    };

    /// <summary>Changes a notebook into the student's version.</summary>
    /// <exception cref="UserException">A marker has no counterpart.</exception>
    /// <param name="variant">Which one it is, where there are several; else 0.</param>
    internal static void Make(NotebookFile notebook, int variant = 0)
    {
        notebook.Clear();
        notebook.MarkAssignment(NameOf(notebook), variant);
        foreach (var cell in notebook.Cells)
        {
            cell.RemoveNotes();
            if (!cell.IsCode)
            {
                if (cell.IsSolution) cell.Source = NoAnswer;
                continue;
            }
            var blank = Blanks[cell.Language ?? notebook.Language];
            var open = Cut(cell.Source, BeginSolution, EndSolution, blank, notebook.Name);
            cell.Source = Cut(open, BeginHidden, EndHidden, [], notebook.Name);
        }
    }

    /// <summary>What an assignment is called: as its notebook's file.</summary>
    internal static string NameOf(NotebookFile notebook) => Path.GetFileNameWithoutExtension(notebook.Name);

    private static string Cut(string source, string begin, string end, string[] replacement, string name)
    {
        var kept = new List<string>();
        string? indent = null;
        foreach (var line in source.Split('\n'))
        {
            if (line.Contains(begin, StringComparison.Ordinal))
            {
                if (indent is not null) throw Unpaired(begin);
                indent = line[..^line.TrimStart().Length];
                // At the left edge there is no function that would have to return something.
                if (indent.Length > 0) kept.AddRange(replacement.Select(part => indent + part));
            }
            else if (line.Contains(end, StringComparison.Ordinal))
            {
                if (indent is null) throw Unpaired(end);
                indent = null;
            }
            else if (indent is null) kept.Add(line);
        }
        return indent is null ? string.Join('\n', kept) : throw Unpaired(begin);

        UserException Unpaired(string marker) => new($"{name}: a line '{marker}' has no counterpart in its cell.");
    }
}
