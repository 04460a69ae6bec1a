using System.Collections;
using System.Globalization;

namespace Microsoft.Data.Analysis;

/// <summary>
/// Groups come in the order in which their keys are first met. As in the package, a null counts as zero in <see cref="Max"/>, <see cref="Min"/>,
/// <see cref="Sum"/> and <see cref="Mean"/>: drop nulls first.
/// </summary>
public class GroupBy<TKey> : GroupBy
{
    readonly DataFrame _dataFrame;
    readonly int _keyIndex;
    readonly Dictionary<TKey, List<long>> _groups;

    internal GroupBy(DataFrame dataFrame, int keyIndex, Dictionary<TKey, List<long>> groups) =>
        (_dataFrame, _keyIndex, _groups) = (dataFrame, keyIndex, groups);

    public IEnumerable<IGrouping<TKey, DataFrameRow>> Groupings =>
        _groups.Select(group => new Grouping(group.Key, group.Value.Select(row => _dataFrame.Rows[row])));

    public override DataFrame Count(params string[] columnNames) => Aggregate(
        columnNames, column => new PrimitiveDataFrameColumn<long>(column.Name), (column, rows) => (long)rows.Count(column.IsValid));

    public override DataFrame First(params string[] columnNames) => Aggregate(columnNames, Empty, (column, rows) => column[rows[0]]);

    public override DataFrame Max(params string[] columnNames) => Aggregate(columnNames, Empty, (column, rows) => column.Max(rows));

    public override DataFrame Min(params string[] columnNames) => Aggregate(columnNames, Empty, (column, rows) => column.Min(rows));

    public override DataFrame Sum(params string[] columnNames) => Aggregate(columnNames, Empty, (column, rows) => column.Sum(rows));

    public override DataFrame Mean(params string[] columnNames) => Aggregate(
        columnNames,
        column => new PrimitiveDataFrameColumn<double>(column.Name),
        (column, rows) => Convert.ToDouble(column.Sum(rows), CultureInfo.CurrentCulture) / rows.Count);

    public override DataFrame Head(int numberOfRows) => Select(rows => rows.Take(numberOfRows));

    public override DataFrame Tail(int numberOfRows) => Select(rows => rows.TakeLast(numberOfRows));

    DataFrame Aggregate(
        string[] columnNames, Func<DataFrameColumn, DataFrameColumn> emptyColumn, Func<DataFrameColumn, List<long>, object> aggregate)
    {
        var key = _dataFrame.Columns[_keyIndex];
        var table = new List<DataFrameColumn> { key.Select(_groups.Values.Select(rows => (long?)rows[0])) };
        if (columnNames is not { Length: > 0 }) columnNames = [.. _dataFrame.Columns.Select(column => column.Name)];
        foreach (var column in columnNames.Select(name => _dataFrame.Columns[_dataFrame.Columns.IndexOf(name)]).Where(column => column != key))
        {
            if (_groups.Count == 0) break; // the package adds a column with its first group
            var values = emptyColumn(column);
            foreach (var rows in _groups.Values) values.AppendValue(aggregate(column, rows));
            table.Add(values);
        }
        return new(table);
    }

    DataFrame Select(Func<List<long>, IEnumerable<long>> choose)
    {
        var key = _dataFrame.Columns[_keyIndex];
        List<long?> rows = [.. _groups.Values.SelectMany(choose).Cast<long?>()];
        return new(rows.Count == 0 ? [key.Select([])] : _dataFrame.Columns.OrderBy(column => column != key).Select(column => column.Select(rows)));
    }

    static DataFrameColumn Empty(DataFrameColumn column) => column.Select([]);

    sealed class Grouping(TKey key, IEnumerable<DataFrameRow> rows) : IGrouping<TKey, DataFrameRow>
    {
        public TKey Key => key;

        public IEnumerator<DataFrameRow> GetEnumerator() => rows.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
