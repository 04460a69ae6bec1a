using System.Globalization;
using System.Net;

namespace DistillKit.Notebook.Formatting;

/// <summary>Numbers and tables for people.</summary>
internal static class Text
{
    /// <summary>Three or four digits, with separators.</summary>
    internal static string Number(double value) => value switch
    {
        _ when !double.IsFinite(value) => value.ToString(CultureInfo.InvariantCulture),
        0 => "0",
        _ when Math.Abs(value) >= 1000 => value.ToString("n0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) < 0.001 => value.ToString("0.##e+0", CultureInfo.InvariantCulture),
        _ => Math.Round(value, Math.Max(0, 3 - (int)Math.Floor(Math.Log10(Math.Abs(value))))).ToString("0.######", CultureInfo.InvariantCulture),
    };

    internal static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:f2} %");

    /// <summary>An HTML table; cells that hold numbers stand to the right.</summary>
    internal static string Table(IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows, string? caption = null)
    {
        var head = string.Concat(header.Select(cell => $"<th>{WebUtility.HtmlEncode(cell)}</th>"));
        var body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(Cell))}</tr>"));
        return $"<table>{(caption is null ? "" : $"<caption>{WebUtility.HtmlEncode(caption)}</caption>")}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>";
    }

    private static string Cell(string text) =>
        $"<td{(text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] == '-') ? " style=\"text-align:right\"" : "")}>{WebUtility.HtmlEncode(text)}</td>";
}
