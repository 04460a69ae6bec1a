using System.Globalization;
using Microsoft.Data.Analysis;

namespace DistillKit.Notebook.Formatting;

/// <summary>How tables of Microsoft.Data.Analysis look: the first rows, with short numbers.</summary>
internal static class DataFrames
{
    private const int Most = 50;

    internal static Table ToTable(DataFrame frame)
    {
        var more = frame.Rows.Count - Most;
        return new(
            [.. frame.Columns.Select(column => column.Name)], [.. frame.Rows.Take(Most).Select(row => row.Select(Cell).ToArray())],
            Note: more > 0 ? FormattableString.Invariant($"{more:n0} more rows") : null);
    }

    private static string Cell(object? value) => value switch
    {
        null => "",
        double or float => Text.Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
