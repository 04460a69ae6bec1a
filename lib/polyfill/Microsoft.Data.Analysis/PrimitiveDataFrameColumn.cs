using System.Collections;
using System.Globalization;

namespace Microsoft.Data.Analysis;

/// <summary>
/// Values, and which of them are there: one that is not (a null) has a value all the same, which comparisons see, as in the package.
/// </summary>
public partial class PrimitiveDataFrameColumn<T> : DataFrameColumn, IEnumerable<T?>
    where T : unmanaged
{
    readonly List<T> _values = [];
    readonly List<bool> _valid = [];

    public PrimitiveDataFrameColumn(string name, IEnumerable<T?> values)
        : base(name, typeof(T))
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values) Append(value);
    }

    public PrimitiveDataFrameColumn(string name, IEnumerable<T> values)
        : base(name, typeof(T))
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values) Append(value);
    }

    public PrimitiveDataFrameColumn(string name, long length = 0)
        : base(name, typeof(T))
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        AppendMany(null, length);
    }

    public override long Length => _values.Count;

    public override long NullCount => _valid.Count(valid => !valid);

    public new T? this[long rowIndex]
    {
        get => GetTypedValue(rowIndex);
        set => (_values[(int)rowIndex], _valid[(int)rowIndex]) = (value ?? default, value.HasValue);
    }

    public new IReadOnlyList<T?> this[long startIndex, int length] => [.. Range(startIndex, length).Select(GetTypedValue)];

    public override bool IsValid(long index) => _valid[(int)index];

    public override bool IsNumericColumn() => Operations<T>.Instance.IsNumeric;

    public override bool HasDescription() => IsNumericColumn() || typeof(T) == typeof(DateTime);

    public override DataFrameColumn Description() => new PrimitiveDataFrameColumn<float>(Name,
        [Length - NullCount, Single(Max), Single(Min), Single(Sum) / Length]);

    public void Append(T? value) => AppendMany(value, 1);

    public void AppendMany(T? value, long count)
    {
        for (long i = 0; i < count; i++)
        {
            _values.Add(value ?? default);
            _valid.Add(value.HasValue);
        }
    }

    public IEnumerator<T?> GetEnumerator() => Rows.Select(GetTypedValue).GetEnumerator();

    protected override IEnumerator GetEnumeratorCore() => GetEnumerator();

    protected T? GetTypedValue(long rowIndex) => _valid[(int)rowIndex] ? _values[(int)rowIndex] : null;

    protected override object GetValue(long rowIndex) => GetTypedValue(rowIndex);

    protected override void SetValue(long rowIndex, object value) => this[rowIndex] = Typed(value);

    internal override void AppendValue(object value) => Append(Typed(value));

    /// <summary>A column of this class, where a derived class makes one of its own.</summary>
    protected virtual PrimitiveDataFrameColumn<T> CreateNewColumn(string name, long length = 0) => new(name, length);

    T? Typed(object value) => value is null ? null : value is T typed ? typed : throw Messages.WrongValue(DataType);

    // What cannot be computed or is no number has no place in a description.
    static float? Single(Func<object> statistic)
    {
        try
        {
            return Convert.ToSingle(statistic() ?? throw new InvalidCastException(), CultureInfo.CurrentCulture);
        }
        catch (Exception failure) when (failure is NotSupportedException or InvalidCastException)
        {
            return null;
        }
    }
}
