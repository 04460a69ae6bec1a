using System.Collections;
using System.Globalization;
using System.Text;

namespace Microsoft.Data.Analysis;

public abstract partial class DataFrameColumn : IEnumerable
{
    readonly List<DataFrameColumnCollection> _owners = [];

    private protected DataFrameColumn(string name, Type type) => (Name, DataType) = (name, type);

    public string Name { get; private set; }

    public Type DataType { get; }

    public abstract long Length { get; }

    public abstract long NullCount { get; }

    public abstract bool IsValid(long index);

    public object this[long rowIndex]
    {
        get => GetValue(rowIndex);
        set => SetValue(rowIndex, value);
    }

    public IReadOnlyList<object> this[long startIndex, int length] => [.. Range(startIndex, length).Select(GetValue)];

    public static PrimitiveDataFrameColumn<T> Create<T>(string name, IEnumerable<T?> values)
        where T : unmanaged => new(name, values);

    public static PrimitiveDataFrameColumn<T> Create<T>(string name, IEnumerable<T> values)
        where T : unmanaged => new(name, values);

    public static StringDataFrameColumn Create(string name, IEnumerable<string> values) => new(name, values);

    public void SetName(string newName)
    {
        foreach (var owner in _owners) owner.Rename(Name, newName);
        Name = newName;
    }

    public virtual bool IsNumericColumn() => false;

    public virtual bool HasDescription() => false;

    public virtual DataFrameColumn Description() => throw new NotSupportedException();

    /// <summary>The type, and the number of values that are not null.</summary>
    public StringDataFrameColumn Info() => new(Name, [DataType.ToString(), (Length - NullCount).ToString(CultureInfo.CurrentCulture)]);

    public override string ToString() => ToString(DataFrame.DefaultRowsToShow);

    public string ToString(long rowsToShow)
    {
        var text = new StringBuilder(Name);
        for (long row = 0; row < Math.Min(Length, rowsToShow); row++) text.Append(this[row] ?? "null").AppendLine();
        if (rowsToShow < Length) text.AppendLine(Messages.RowsShown(rowsToShow, Length));
        return text.Append(CultureInfo.CurrentCulture, $"Name: {Name}, Type: {DataType}").ToString();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumeratorCore();

    protected abstract IEnumerator GetEnumeratorCore();

    protected abstract object GetValue(long rowIndex);

    protected abstract void SetValue(long rowIndex, object value);

    internal abstract void AppendValue(object value);

    internal void AddOwner(DataFrameColumnCollection owner)
    {
        if (!_owners.Contains(owner)) _owners.Add(owner);
    }

    internal void RemoveOwner(DataFrameColumnCollection owner) => _owners.Remove(owner);

    /// <summary>Indices of rows from the start on: as many as there are, <paramref name="length"/> at most.</summary>
    internal IEnumerable<long> Range(long startIndex, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(startIndex, Length);
        return RowIndices(startIndex, Math.Min(Length, startIndex + length));
    }

    internal IEnumerable<long> Rows => RowIndices(0, Length);

    static IEnumerable<long> RowIndices(long from, long to)
    {
        for (var row = from; row < to; row++) yield return row;
    }
}
