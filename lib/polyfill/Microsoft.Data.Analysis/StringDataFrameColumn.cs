using System.Collections;

namespace Microsoft.Data.Analysis;

/// <summary>Unlike numbers, a null text takes part in additions, as an empty one.</summary>
public class StringDataFrameColumn : DataFrameColumn, IEnumerable<string>
{
    readonly List<string> _values;

    public StringDataFrameColumn(string name, long length = 0)
        : base(name, typeof(string)) => _values = [.. Enumerable.Repeat<string>(null, (int)length)];

    public StringDataFrameColumn(string name, IEnumerable<string> values)
        : base(name, typeof(string)) => _values = [.. values ?? throw new ArgumentNullException(nameof(values))];

    public override long Length => _values.Count;

    public override long NullCount => _values.Count(value => value is null);

    public new string this[long rowIndex]
    {
        get => _values[(int)rowIndex];
        set => _values[(int)rowIndex] = value;
    }

    public new List<string> this[long startIndex, int length] => [.. Range(startIndex, length).Select(row => this[row])];

    public static StringDataFrameColumn operator +(StringDataFrameColumn column, string value) => column.Add(value);

    public static StringDataFrameColumn operator +(string value, StringDataFrameColumn column) => Add(value, column);

    public static StringDataFrameColumn Add(string value, StringDataFrameColumn right) => right.Change(row => value + right[row], inPlace: false);

    public StringDataFrameColumn Add(string value, bool inPlace = false) => Change(row => this[row] + value, inPlace);

    public StringDataFrameColumn Apply(Func<string, string> func, bool inPlace = false) =>
        Change(row => this[row] is { } value ? func(value) : null, inPlace);

    public StringDataFrameColumn FillNulls(string value, bool inPlace = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Change(row => this[row] ?? value, inPlace);
    }

    public override bool IsValid(long index) => this[index] is not null;

    public PrimitiveDataFrameColumn<bool> ElementwiseEquals(string value) => Mark(row => this[row] == value);

    public PrimitiveDataFrameColumn<bool> ElementwiseNotEquals(string value) => Mark(row => this[row] != value);

    public void Append(string value) => _values.Add(value);

    public new StringDataFrameColumn Clone(long numberOfNullsToAppend = 0) => (StringDataFrameColumn)base.Clone(numberOfNullsToAppend);

    public new StringDataFrameColumn Clone(DataFrameColumn mapIndices, bool invertMapIndices, long numberOfNullsToAppend) =>
        (StringDataFrameColumn)base.Clone(mapIndices, invertMapIndices, numberOfNullsToAppend);

    public new StringDataFrameColumn Sort(bool ascending = true, bool putNullValuesLast = true) =>
        (StringDataFrameColumn)base.Sort(ascending, putNullValuesLast);

    public new StringDataFrameColumn DropNulls() => (StringDataFrameColumn)base.DropNulls();

    public override DataFrame ValueCounts()
    {
        var groups = GroupRows<string>(out _);
        return new(
            new StringDataFrameColumn("Values", groups.Keys),
            new PrimitiveDataFrameColumn<long>("Counts", groups.Values.Select(rows => (long)rows.Count)));
    }

    public IEnumerator<string> GetEnumerator() => _values.GetEnumerator();

    protected override IEnumerator GetEnumeratorCore() => GetEnumerator();

    protected override object GetValue(long rowIndex) => this[rowIndex];

    protected override void SetValue(long rowIndex, object value) => this[rowIndex] = Typed(value);

    protected override DataFrameColumn FillNullsImplementation(object value, bool inPlace) =>
        FillNulls(value as string ?? throw Messages.WrongValue(DataType), inPlace);

    internal override void AppendValue(object value) => Append(Typed(value));

    internal override GroupBy GroupBy(int columnIndex, DataFrame parent) => new GroupBy<string>(parent, columnIndex, GroupRows<string>(out _));

    internal override DataFrameColumn Select(IEnumerable<long?> rows, long nullsToAppend = 0) => new StringDataFrameColumn(Name,
        rows.Select(row => row is { } index ? this[index] : null).Concat(Enumerable.Repeat<string>(null, (int)nullsToAppend)));

    private protected override int CompareRows(long left, long right) => Comparer<string>.Default.Compare(this[left], this[right]);

    private protected override DataFrameColumn CombineColumn(BinaryOperation operation, DataFrameColumn column, bool inPlace)
    {
        RequireAddition(operation);
        return Change(row => this[row] + Text(column[row]), inPlace);
    }

    private protected override DataFrameColumn CombineValue<T>(BinaryOperation operation, T value, bool inPlace, bool reversed)
    {
        RequireAddition(reversed ? BinaryOperation.Subtract : operation);
        return Add(Text(value), inPlace);
    }

    private protected override PrimitiveDataFrameColumn<bool> CompareColumn(ComparisonOperation operation, DataFrameColumn column) => operation switch
    {
        ComparisonOperation.Equals => Mark(row => this[row] == Text(column[row])),
        ComparisonOperation.NotEquals => Mark(row => this[row] != Text(column[row])),
        _ => throw new NotSupportedException(),
    };

    private protected override PrimitiveDataFrameColumn<bool> CompareValue<T>(ComparisonOperation operation, T value) => operation switch
    {
        ComparisonOperation.Equals => ElementwiseEquals(Text(value)),
        ComparisonOperation.NotEquals => ElementwiseNotEquals(Text(value)),
        _ => throw new NotSupportedException(),
    };

    private protected override PrimitiveDataFrameColumn<bool> Mark(Func<long, bool> isMarked) => new(Name, Rows.Select(isMarked));

    StringDataFrameColumn Change(Func<long, string> value, bool inPlace)
    {
        var changed = inPlace ? this : Clone();
        foreach (var row in Rows) changed[row] = value(row);
        return changed;
    }

    static string Typed(object value) => value is null or string ? (string)value : throw Messages.WrongValue(typeof(string));

    static string Text(object value) => value?.ToString();

    static void RequireAddition(BinaryOperation operation)
    {
        if (operation != BinaryOperation.Add) throw new NotSupportedException();
    }
}
