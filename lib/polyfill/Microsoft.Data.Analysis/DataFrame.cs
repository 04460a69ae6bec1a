using System.Text;

namespace Microsoft.Data.Analysis;

public enum DropNullOptions
{
    Any,
    All,
}

public partial class DataFrame
{
    internal const int DefaultRowsToShow = 25;

    public DataFrame(IEnumerable<DataFrameColumn> columns) => (Columns, Rows) = (new(columns), new(this));

    public DataFrame(params DataFrameColumn[] columns)
        : this((IEnumerable<DataFrameColumn>)columns)
    {
    }

    public DataFrameColumnCollection Columns { get; }

    public DataFrameRowCollection Rows { get; }

    public object this[long rowIndex, int columnIndex]
    {
        get => Columns[columnIndex][rowIndex];
        set => Columns[columnIndex][rowIndex] = value;
    }

    public DataFrameColumn this[string columnName]
    {
        get => Columns[columnName];
        set => Columns[columnName] = value;
    }

    public DataFrame this[PrimitiveDataFrameColumn<bool> rowFilter] => Select(rowFilter);

    public DataFrame this[PrimitiveDataFrameColumn<int> rowIndices] => Select(rowIndices);

    public DataFrame this[PrimitiveDataFrameColumn<long> rowIndices] => Select(rowIndices);

    public DataFrame this[IEnumerable<bool> rowFilter] => Select(new PrimitiveDataFrameColumn<bool>("Filter", rowFilter));

    public DataFrame this[IEnumerable<int> rowIndices] => Select(new PrimitiveDataFrameColumn<int>("Filter", rowIndices));

    public DataFrame this[IEnumerable<long> rowIndices] => Select(new PrimitiveDataFrameColumn<long>("Filter", rowIndices));

    public DataFrame Filter(PrimitiveDataFrameColumn<bool> filter) => Select(filter);

    public DataFrame Filter(PrimitiveDataFrameColumn<int> rowIndices) => Select(rowIndices);

    public DataFrame Filter(PrimitiveDataFrameColumn<long> rowIndices) => Select(rowIndices);

    public DataFrame Head(int numberOfRows) => this[Enumerable.Range(0, numberOfRows)];

    public DataFrame Tail(int numberOfRows) => this[Enumerable.Range(0, numberOfRows).Select(row => Rows.Count - numberOfRows + row)];

    public DataFrame Sample(int numberOfRows)
    {
        if (numberOfRows > Rows.Count)
            throw new ArgumentException($"Parameter.Count exceeds the number of rows({Rows.Count}) in the DataFrame ", nameof(numberOfRows));
        var rows = Enumerable.Range(0, (int)Rows.Count).ToArray();
        Random.Shared.Shuffle(rows);
        return this[rows.Take(numberOfRows)];
    }

    public DataFrame Clone() => Select(null);

    public DataFrame OrderBy(string columnName, bool ascending = true, bool putNullValuesLast = true)
    {
        var rows = Columns[columnName].SortedRows(ascending, putNullValuesLast).ToList();
        return new(Columns.Select(column => column.Select(rows)));
    }

    public DataFrame OrderByDescending(string columnName, bool putNullValuesLast = true) => OrderBy(columnName, ascending: false, putNullValuesLast);

    public GroupBy GroupBy(string columnName) => Columns[columnName].GroupBy(Columns.IndexOf(columnName), this);

    public GroupBy<TKey> GroupBy<TKey>(string columnName) => GroupBy(columnName) as GroupBy<TKey> ?? throw new InvalidCastException(
        $"Cannot cast elements of column '{columnName}' type of {this[columnName].DataType} to type {typeof(TKey)} used as TKey in grouping ");

    public DataFrame DropNulls(DropNullOptions options = DropNullOptions.Any) => this[Rows.Select((_, row) => options == DropNullOptions.Any
        ? Columns.All(column => column.IsValid(row))
        : Columns.Any(column => column.IsValid(row)))];

    public DataFrame FillNulls(object value, bool inPlace = false)
    {
        var filled = inPlace ? this : Clone();
        foreach (var column in filled.Columns) column.FillNulls(value, inPlace: true);
        return filled;
    }

    public DataFrame Info() => Columns.Count == 0
        ? new()
        : new([new StringDataFrameColumn("Info", ["DataType", Messages.LengthWithoutNulls]), .. Columns.Select(column => column.Info())]);

    public DataFrame Description()
    {
        List<DataFrameColumn> described = [.. Columns.Where(column => column.HasDescription()).Select(column => column.Description())];
        return described.Count == 0
            ? new()
            : new([new StringDataFrameColumn("Description", [Messages.LengthWithoutNulls, "Max", "Min", "Mean"]), .. described]);
    }

    public override string ToString() => ToString(DefaultRowsToShow);

    public string ToString(long rowsToShow)
    {
        var width = Math.Max(10, Columns.Select(column => column.Name.Length + 1).DefaultIfEmpty().Max());
        var text = new StringBuilder().AppendJoin("", Columns.Select(column => column.Name.PadRight(width))).AppendLine();
        for (long row = 0; row < Math.Min(Rows.Count, rowsToShow); row++)
            text.AppendJoin("", Rows[row].Select(value => (value ?? "null").ToString().PadRight(width))).AppendLine();
        if (rowsToShow < Rows.Count) text.AppendLine(Messages.RowsShown(rowsToShow, Rows.Count));
        return text.ToString();
    }

    internal static DataFrameColumn CreateColumn(Type type, string name) => type switch
    {
        _ when type == typeof(bool) => new BooleanDataFrameColumn(name),
        _ when type == typeof(int) => new Int32DataFrameColumn(name),
        _ when type == typeof(long) => new Int64DataFrameColumn(name),
        _ when type == typeof(float) => new SingleDataFrameColumn(name),
        _ when type == typeof(double) => new DoubleDataFrameColumn(name),
        _ when type == typeof(DateTime) => new DateTimeDataFrameColumn(name),
        _ when type == typeof(string) => new StringDataFrameColumn(name),
        _ => throw new NotSupportedException($"no columns of {type}"),
    };

    DataFrame Select(DataFrameColumn rows) => new(Columns.Select(column => column.Clone(rows)));
}
