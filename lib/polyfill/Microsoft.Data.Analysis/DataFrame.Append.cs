using System.Globalization;

namespace Microsoft.Data.Analysis;

public partial class DataFrame
{
    public static DataFrame LoadFrom(IEnumerable<IList<object>> vals, IList<(string, Type)> columnInfos)
    {
        var loaded = new DataFrame(columnInfos.Select(info => CreateColumn(info.Item2, info.Item1)));
        foreach (var values in vals) loaded.Append(values, inPlace: true);
        return loaded;
    }

    public DataFrame Append(IEnumerable<DataFrameRow> rows, bool inPlace = false, CultureInfo cultureInfo = null)
    {
        var appended = inPlace ? this : Clone();
        foreach (var row in rows) appended.Append(row.GetValues(), inPlace: true, cultureInfo);
        return appended;
    }

    /// <summary>Columns without a value get a null, and so do columns of anything but text for an empty one.</summary>
    public DataFrame Append(IEnumerable<object> row = null, bool inPlace = false, CultureInfo cultureInfo = null)
    {
        List<object> values = [.. row ?? []];
        if (values.Count > Columns.Count)
            throw new ArgumentException($"Parameter.Count exceeds the number of columns({Columns.Count}) in the DataFrame ", nameof(row));
        return AppendRow(Columns.Zip(values, (column, value) => (column.Name, OrNull(column, value))), inPlace, cultureInfo);
    }

    public DataFrame Append(IEnumerable<KeyValuePair<string, object>> row, bool inPlace = false, CultureInfo cultureInfo = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        return AppendRow(row.Select(value => (value.Key, value.Value)), inPlace, cultureInfo);
    }

    // All values are converted before the first is added: a row that does not fit leaves the table as it was.
    DataFrame AppendRow(IEnumerable<(string Column, object Value)> row, bool inPlace, CultureInfo cultureInfo)
    {
        var values = row.ToDictionary(value => value.Column, value => Converted(Columns[value.Column], value.Value, cultureInfo));
        var appended = inPlace ? this : Clone();
        foreach (var column in appended.Columns) column.AppendValue(values.GetValueOrDefault(column.Name));
        appended.Columns.RowCount++;
        return appended;
    }

    static object Converted(DataFrameColumn column, object value, CultureInfo cultureInfo) =>
        value is null ? null : Convert.ChangeType(value, column.DataType, cultureInfo ?? CultureInfo.CurrentCulture);

    static object OrNull(DataFrameColumn column, object value) => value switch
    {
        "" when column.DataType != typeof(string) => null,
        string text when text.Equals("null", StringComparison.OrdinalIgnoreCase) => null,
        _ => value,
    };
}
