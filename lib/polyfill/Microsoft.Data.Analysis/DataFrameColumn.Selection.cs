namespace Microsoft.Data.Analysis;

public abstract partial class DataFrameColumn
{
    public DataFrameColumn Clone(long numberOfNullsToAppend = 0) => Copy(numberOfNullsToAppend);

    /// <summary>The rows that <paramref name="mapIndices"/> names (numbers; null gives a null), or marks (truth values).</summary>
    public DataFrameColumn Clone(DataFrameColumn mapIndices, bool invertMapIndices = false, long numberOfNullsToAppend = 0) =>
        Select(RowsOf(mapIndices, invertMapIndices), numberOfNullsToAppend);

    public DataFrameColumn Sort(bool ascending = true, bool putNullValuesLast = true) => Select(SortedRows(ascending, putNullValuesLast));

    public DataFrameColumn DropNulls() => Select(Rows.Where(IsValid).Cast<long?>());

    public DataFrameColumn FillNulls(object value, bool inPlace = false) => FillNullsImplementation(value, inPlace);

    public abstract DataFrame ValueCounts();

    protected abstract DataFrameColumn FillNullsImplementation(object value, bool inPlace);

    /// <summary>A column of the same type and name with these rows; null stands for a null.</summary>
    internal abstract DataFrameColumn Select(IEnumerable<long?> rows, long nullsToAppend = 0);

    internal virtual DataFrameColumn Copy(long nullsToAppend) => Select(Rows.Cast<long?>(), nullsToAppend);

    /// <summary>Makes the groups of rows with the same value; rows without a value are in none.</summary>
    internal abstract GroupBy GroupBy(int columnIndex, DataFrame parent);

    internal Dictionary<TKey, List<long>> GroupRows<TKey>(out List<long> nullRows)
    {
        var groups = new Dictionary<TKey, List<long>>();
        nullRows = [];
        foreach (var row in Rows)
        {
            if (this[row] is not TKey key) nullRows.Add(row);
            else if (groups.TryGetValue(key, out var rows)) rows.Add(row);
            else groups.Add(key, [row]);
        }
        return groups;
    }

    /// <summary>For each row with a value, the rows of another column with the same value.</summary>
    internal Dictionary<long, List<long>> MatchingRows(DataFrameColumn other, out List<long> otherNullRows)
    {
        if (DataType != other.DataType) throw Messages.WrongColumn(DataType, nameof(other));
        var groups = other.GroupRows<object>(out otherNullRows);
        return Rows.Where(row => this[row] is { } value && groups.ContainsKey(value)).ToDictionary(row => row, row => groups[this[row]]);
    }

    internal IEnumerable<long?> SortedRows(bool ascending, bool putNullValuesLast)
    {
        var valid = Rows.Where(IsValid).Order(Comparer<long>.Create(CompareRows));
        var nulls = Rows.Where(row => !IsValid(row));
        var sorted = ascending ? valid : valid.Reverse();
        return (putNullValuesLast ? sorted.Concat(nulls) : nulls.Concat(sorted)).Cast<long?>();
    }

    private protected abstract int CompareRows(long left, long right);

    IEnumerable<long?> RowsOf(DataFrameColumn mapIndices, bool invert) => mapIndices switch
    {
        null => Rows.Cast<long?>(),
        PrimitiveDataFrameColumn<bool> marked when marked.Length > Length =>
            throw new ArgumentException("MapIndices exceeds column length", "boolColumn"),
        PrimitiveDataFrameColumn<bool> marked => marked.Rows.Where(row => marked[row] == true).Cast<long?>(),
        PrimitiveDataFrameColumn<int> indices => Inverted(indices.Select(row => (long?)row), invert),
        PrimitiveDataFrameColumn<long> indices => Inverted(indices, invert),
        _ => throw new ArgumentException(
            $"Expected value to be of type {typeof(long)}, {typeof(int)} or {typeof(bool)}", nameof(mapIndices)),
    };

    static IEnumerable<long?> Inverted(IEnumerable<long?> rows, bool invert) => invert ? rows.Reverse() : rows;
}
