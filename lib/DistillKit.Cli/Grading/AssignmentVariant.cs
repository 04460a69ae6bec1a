using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace DistillKit.Cli.Grading;

/// <summary>
/// One of several forms of an assignment: other numbers, layers and images in its exercises, which follow from the class's secret and the
/// student's name, so that an answer is of little use to a neighbour. What may change stands in the notes of an exercise's test cell, as
/// <c>"vary": { "24": ["16", "20"] }</c>: the text in the notebook, and what else it may be.
/// </summary>
internal sealed class AssignmentVariant
{
    /// <summary>A solution has to be executed for each.</summary>
    private const int Count = 8;

    private readonly string secret;

    private AssignmentVariant(string secret, string student)
    {
        this.secret = secret;
        Number = 1 + Hash($"{secret}\nstudent\n{student}") % Count;
    }

    /// <summary>From 1 on.</summary>
    internal int Number { get; }

    /// <summary>A student's; null where the class has no secret.</summary>
    internal static AssignmentVariant? Of(string? secret, string student) => secret is null ? null : new(secret, student);

    /// <summary>Puts this variant's texts in the place of the notebook's.</summary>
    /// <exception cref="UserException">What may change stands nowhere in the exercise.</exception>
    internal void Apply(NotebookFile notebook)
    {
        foreach (var (index, test) in notebook.Cells.Index())
        {
            if (test.Notes?["vary"] is not JsonObject choices || test.GradeId is not { } id) continue;
            var chosen = choices.ToDictionary(pair => pair.Key, pair => Choose(id, pair.Key, (JsonArray)pair.Value!));
            var tokens = string.Join('|', chosen.Keys.OrderByDescending(token => token.Length).Select(Regex.Escape));
            // A whole word or number, and not a part of one.
            var token = new Regex($@"(?<![\w.])({tokens})(?!\w|[.,]\d)");
            foreach (var cell in CellsOf(notebook, index)) cell.Source = token.Replace(cell.Source, match => chosen[match.Value]);
        }
    }

    /// <summary>The cells of the exercise whose test is at an index: the question, the solution and the test.</summary>
    internal static IEnumerable<Cell> CellsOf(NotebookFile notebook, int test)
    {
        var solution = notebook.Cells.Index().First(cell => cell.Item.GradeId == notebook.Cells[test].TestedExercise).Index;
        return [notebook.Cells[solution - 1], notebook.Cells[solution], notebook.Cells[test]];
    }

    private string Choose(string exercise, string token, JsonArray others)
    {
        string[] all = [token, .. others.Select(other => (string)other!)];
        return all[Hash($"{secret}\n{Number}\n{exercise}\n{token}") % all.Length];
    }

    private static int Hash(string text) => BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
