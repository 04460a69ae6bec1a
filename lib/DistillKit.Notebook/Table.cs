using System.Net;

namespace DistillKit.Notebook;

/// <summary>A table as HTML, and as text for where no HTML is shown.</summary>
/// <param name="Header">The names of the columns; none for a table without names.</param>
internal sealed record Table(
    IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows, string? Caption = null, string? Note = null)
{
    /// <summary>The widest line of the text: what a terminal and a printed page have room for.</summary>
    internal const int MostColumns = 100;

    private const string Gap = "  ";
    private const string Cut = "...";

    /// <summary>Cells that hold numbers stand to the right.</summary>
    internal string ToHtml()
    {
        var head = string.Concat(Header.Select(cell => $"<th>{WebUtility.HtmlEncode(cell)}</th>"));
        var body = string.Concat(Rows.Select(row => $"<tr>{string.Concat(row.Select(Cell))}</tr>"));
        var caption = Caption is null ? "" : $"<caption>{WebUtility.HtmlEncode(Caption)}</caption>";
        var note = Note is null ? "" : $"<div>{WebUtility.HtmlEncode(Note)}</div>";
        return $"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}";
    }

    /// <summary>The table as text. Where not all columns fit beside each other, groups of them stand one below the other, each with the
    /// first.</summary>
    public override string ToString()
    {
        IReadOnlyList<string>[] lines = Header.Any(name => name.Length > 0) ? [Header, .. Rows] : [.. Rows];
        var columns = lines.Length == 0 ? 0 : lines[0].Count;
        var most = MostColumns / 2 - Gap.Length;
        int[] widths = [.. Enumerable.Range(0, columns).Select(column => Math.Min(lines.Max(line => line[column].Length), most))];
        var text = new StringBuilder(Caption is null ? "" : Wrapped(Caption));
        for (var next = 0; next < columns;)
        {
            List<int> group = next == 0 ? [0] : [0, next];
            next = group[^1] + 1;
            for (; next < columns && group.Sum(column => widths[column] + Gap.Length) + widths[next] <= MostColumns; next++)
                group.Add(next);
            if (text.Length > 0) text.Append('\n');
            text.AppendJoin('\n', lines.Select(line => Line(line, group)));
        }
        if (Note is not null) text.Append('\n').Append(Wrapped(Note));
        return text.ToString();

        string Line(IReadOnlyList<string> cells, IEnumerable<int> group) =>
            string.Join(Gap, group.Select(column => Padded(cells[column], widths[column]))).TrimEnd();
    }

    private static string Padded(string cell, int width)
    {
        var shown = cell.Length <= width ? cell : cell[..(width - Cut.Length)] + Cut;
        return IsNumber(cell) ? shown.PadLeft(width) : shown.PadRight(width);
    }

    private static string Cell(string text) =>
        $"<td{(IsNumber(text) ? " style=\"text-align:right\"" : "")}>{WebUtility.HtmlEncode(text)}</td>";

    private static bool IsNumber(string text) => text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] == '-');

    private static string Wrapped(string text) => text.Split(' ').Aggregate((lines, word) =>
        lines + (lines.Length - lines.LastIndexOf('\n') + word.Length > MostColumns ? "\n" : " ") + word);
}
