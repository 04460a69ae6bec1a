using System.Text.RegularExpressions;

namespace DistillKit.Cli.Grading;

/// <summary>Where the code of a cell comes from.</summary>
internal enum CellOrigin
{
    /// <summary>The author's: whatever a submission has in its place does not run.</summary>
    Author,
    /// <summary>The author's, with the exercise's questions, also the hidden ones.</summary>
    Test,
    /// <summary>The student's, in the place of a solution.</summary>
    Solution,
    /// <summary>One that the student has added.</summary>
    Added,
}

/// <summary>A cell that runs, and what runs instead where it cannot.</summary>
/// <param name="Exercise">Whose solution or test it is; null for others.</param>
/// <param name="Blank">The solution that is not written yet; null for other cells.</param>
internal sealed record CopiedCell(Cell Cell, CellOrigin Origin, string? Exercise, string? Blank);

/// <summary>
/// The author's notebook with a student's solutions: locked and hidden cells are the author's, found by their ids, and cells that the
/// student has added stand where they were.
/// </summary>
internal sealed partial class FreshCopy
{
    private FreshCopy(NotebookFile notebook, IReadOnlyList<CopiedCell> cells, IReadOnlyList<string> remarks) =>
        (Notebook, Cells, Remarks) = (notebook, cells, remarks);

    /// <summary>What is executed.</summary>
    internal NotebookFile Notebook { get; }

    /// <summary>The code cells of it.</summary>
    internal IReadOnlyList<CopiedCell> Cells { get; }

    /// <summary>What was put right.</summary>
    internal IReadOnlyList<string> Remarks { get; }

    /// <summary>The complete notebook itself.</summary>
    internal static FreshCopy OfKey(NotebookFile key) => Of(key, key);

    /// <param name="key">The complete notebook.</param>
    /// <param name="submission">A student's version of it, with whatever became of that.</param>
    internal static FreshCopy Of(NotebookFile key, NotebookFile submission)
    {
        var handedOut = key.With(key.Cells);
        Assignment.Make(handedOut);
        var remarks = new List<string>();
        var taken = new HashSet<Cell>();
        var (cells, copied) = (new List<Cell>(), new List<CopiedCell>());
        var after = new Dictionary<Cell, Cell>();
        var isTextOpen = false;
        foreach (var (author, student) in key.Cells.Zip(handedOut.Cells))
        {
            var found = Find(author, student);
            if (found is not null) taken.Add(found);
            var cell = author.Copy();
            var exercise = author is { IsCode: true, IsSolution: true } ? author.GradeId : author.TestedExercise;
            if (author.IsSolution)
            {
                isTextOpen |= !author.IsCode && (found is null || found.Source == student.Source);
                if (found is null) remarks.Add($"{author.GradeId}: its cell is gone, so it counts as not written");
                cell.Source = (found ?? student).Source;
            }
            else if (found is null || found.Source == author.Source || found.Source == student.Source) cell.Source = author.Source;
            else if (author.IsLocked) remarks.Add($"{author.GradeId ?? author.Id}: changed, though it is locked; the original runs");
            else if (author.IsCode)
                cell.Source = WithUsings(author.Source, UsingsOf(found.Source).Except(UsingsOf(author.Source)).Where(IsFree));
            cells.Add(cell);
            if (found is not null) after[found] = cell;
            if (author.IsCode)
            {
                var origin = author.IsSolution ? CellOrigin.Solution : exercise is null ? CellOrigin.Author : CellOrigin.Test;
                copied.Add(new(cell, origin, exercise, author.IsSolution ? student.Source : null));
            }
        }
        Insert(submission.Cells.Where(cell => cell.IsCode && !taken.Contains(cell)));
        if (isTextOpen && submission.Cells.Any(cell => !cell.IsCode && !taken.Contains(cell)))
            remarks.Add($"{Grader.ForAPerson}: a question to think about is open, and there are text cells of the student's own");
        foreach (var cell in cells) cell.Clear();
        var fresh = key.With(cells);
        return new(fresh, [.. copied.Select(one => one with { Cell = fresh.Cells[cells.IndexOf(one.Cell)] })], remarks);

        Cell? Find(Cell author, Cell student)
        {
            var same = submission.Cells.Where(cell => !taken.Contains(cell) && cell.IsCode == author.IsCode);
            Cell[] found = author.GradeId is { } id ? [.. same.Where(cell => cell.GradeId == id)] : [];
            if (found.Length > 1) remarks.Add($"{author.GradeId}: {found.Length} cells have this id; the first counts");
            return found.FirstOrDefault() ?? same.FirstOrDefault(cell => cell.Id is { } own && own == author.Id)
                ?? same.FirstOrDefault(cell => cell.Source == student.Source);
        }

        // Each after the cell that stood before it.
        void Insert(IEnumerable<Cell> added)
        {
            var all = submission.Cells.ToArray();
            foreach (var one in added)
            {
                var cell = one.Copy();
                var before = all.Take(Array.IndexOf(all, one)).LastOrDefault(after.ContainsKey);
                var place = before is null ? 0 : cells.IndexOf(after[before]) + 1;
                var reserved = cells.Skip(place).Where(other => other.TestedExercise is not null).SelectMany(Words.Reserved);
                if (Words.Of(cell.Source).Intersect(reserved).FirstOrDefault() is { } name)
                {
                    remarks.Add($"an added cell was left out: with {name} of the library it could answer in the place of a solution");
                    continue;
                }
                cells.Insert(place, cell);
                after[one] = cell;
                copied.Insert(cells.Take(place).Count(other => other.IsCode), new(cell, CellOrigin.Added, null, null));
                if (one is { IsSolution: true, GradeId: { } id } && !key.Cells.Any(other => other.GradeId == id))
                    remarks.Add($"{id}: there is no exercise of this id; its cell runs as one that was added");
            }
        }
    }

    // The library's answers are not to stand beside a solution under a short name.
    private static bool IsFree(string directive) => !Words.Of(directive).Contains(Words.Lessons) && !Words.UnusualOf(directive).Any();

    // Behind the directives of the kernel, which load the library.
    private static string WithUsings(string source, IEnumerable<string> usings)
    {
        var start = Directives().Match(source).Length;
        return source.Insert(start, string.Concat(usings));
    }

    private static IEnumerable<string> UsingsOf(string source) => Using().Matches(source).Select(match => match.Value.Trim() + "\n");

    [GeneratedRegex(@"\A(#!.*\n)*")]
    private static partial Regex Directives();

    [GeneratedRegex(@"^using (static )?[\w.]+;\s*$", RegexOptions.Multiline)]
    private static partial Regex Using();
}
