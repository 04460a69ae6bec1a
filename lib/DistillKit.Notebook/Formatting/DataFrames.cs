using System.Globalization;
using Microsoft.Data.Analysis;

namespace DistillKit.Notebook.Formatting;

/// <summary>How tables of Microsoft.Data.Analysis look: the first rows, with short numbers.</summary>
internal static class DataFrames
{
    private const int Most = 50;

    internal static string ToHtml(DataFrame frame)
    {
        var rows = frame.Rows.Take(Most).Select(row => row.Select(Cell));
        var more = frame.Rows.Count - Most;
        return Text.Table(frame.Columns.Select(column => column.Name), rows) + (more > 0 ? FormattableString.Invariant($"<div>{more:n0} more rows</div>") : "");
    }

    private static string Cell(object? value) => value switch
    {
        null => "",
        double or float => Text.Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
