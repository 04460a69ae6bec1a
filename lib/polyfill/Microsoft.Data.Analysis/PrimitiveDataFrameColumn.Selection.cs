using System.Globalization;

namespace Microsoft.Data.Analysis;

public partial class PrimitiveDataFrameColumn<T>
{
    public new PrimitiveDataFrameColumn<T> Clone(long numberOfNullsToAppend = 0) => (PrimitiveDataFrameColumn<T>)base.Clone(numberOfNullsToAppend);

    public new PrimitiveDataFrameColumn<T> Clone(DataFrameColumn mapIndices, bool invertMapIndices = false, long numberOfNullsToAppend = 0) =>
        (PrimitiveDataFrameColumn<T>)base.Clone(mapIndices, invertMapIndices, numberOfNullsToAppend);

    public new PrimitiveDataFrameColumn<T> Sort(bool ascending = true, bool putNullValuesLast = true) =>
        (PrimitiveDataFrameColumn<T>)base.Sort(ascending, putNullValuesLast);

    public new PrimitiveDataFrameColumn<T> DropNulls() => (PrimitiveDataFrameColumn<T>)base.DropNulls();

    public PrimitiveDataFrameColumn<T> FillNulls(T value, bool inPlace = false)
    {
        var filled = inPlace ? this : Clone();
        foreach (var row in filled.Rows.Where(row => !filled.IsValid(row))) filled[row] = value;
        return filled;
    }

    public PrimitiveDataFrameColumn<T> Apply(Func<T, T> func, bool inPlace = false)
    {
        var applied = inPlace ? this : Clone();
        foreach (var row in applied.Rows.Where(applied.IsValid)) applied[row] = func(applied._values[(int)row]);
        return applied;
    }

    public override DataFrame ValueCounts()
    {
        var groups = GroupRows<T>(out _);
        return new(
            new PrimitiveDataFrameColumn<T>("Values", groups.Keys),
            new PrimitiveDataFrameColumn<long>("Counts", groups.Values.Select(rows => (long)rows.Count)));
    }

    protected override DataFrameColumn FillNullsImplementation(object value, bool inPlace) =>
        FillNulls((T)Convert.ChangeType(value, typeof(T), CultureInfo.CurrentCulture), inPlace);

    internal override GroupBy GroupBy(int columnIndex, DataFrame parent) => new GroupBy<T>(parent, columnIndex, GroupRows<T>(out _));

    internal override DataFrameColumn Select(IEnumerable<long?> rows, long nullsToAppend = 0)
    {
        var selected = CreateNewColumn(Name);
        foreach (var row in rows)
        {
            if (row < 0 || row >= Length) throw new IndexOutOfRangeException();
            selected.Append(row is { } index ? this[index] : null);
        }
        selected.AppendMany(null, nullsToAppend);
        return selected;
    }

    // Unlike a selection, a copy keeps the values behind its nulls.
    internal override DataFrameColumn Copy(long nullsToAppend)
    {
        var copy = CreateNewColumn(Name);
        copy._values.AddRange(_values);
        copy._valid.AddRange(_valid);
        copy.AppendMany(null, nullsToAppend);
        return copy;
    }

    private protected override int CompareRows(long left, long right) =>
        Comparer<T>.Default.Compare(_values[(int)left], _values[(int)right]);
}
