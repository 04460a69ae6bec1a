using System.Globalization;

namespace Microsoft.Data.Analysis;

/// <summary>
/// Columns of the same type answer in it; two different types of numbers answer as doubles. (The typed members answer in the wider type.)
/// </summary>
public partial class PrimitiveDataFrameColumn<T>
{
    private protected override DataFrameColumn CombineColumn(BinaryOperation operation, DataFrameColumn column, bool inPlace)
    {
        if (column is PrimitiveDataFrameColumn<T> same) return (inPlace ? this : Clone()).CombineInPlace(operation, same);
        RequireNumbers(column);
        return inPlace ? throw Messages.WrongColumn(DataType, nameof(column)) : As<double>().CombineInPlace(operation, Doubles(column));
    }

    private protected override DataFrameColumn CombineValue<TValue>(BinaryOperation operation, TValue value, bool inPlace, bool reversed)
    {
        if (value is T same) return (inPlace ? this : Clone()).CombineInPlace(operation, same, reversed);
        RequireNumber(value);
        return inPlace ? throw Messages.WrongValue(DataType) : As<double>().CombineInPlace(operation, Double(value), reversed);
    }

    private protected override PrimitiveDataFrameColumn<bool> CompareColumn(ComparisonOperation operation, DataFrameColumn column)
    {
        if (column is PrimitiveDataFrameColumn<T> same)
            return Mark(row => Operations<T>.Instance.Compare(operation, _values[(int)row], same._values[(int)row]));
        RequireNumbers(column);
        return As<double>().CompareColumn(operation, Doubles(column));
    }

    private protected override PrimitiveDataFrameColumn<bool> CompareValue<TValue>(ComparisonOperation operation, TValue value)
    {
        if (value is T same) return Mark(row => Operations<T>.Instance.Compare(operation, _values[(int)row], same));
        RequireNumber(value);
        return As<double>().CompareValue(operation, Double(value));
    }

    private protected override PrimitiveDataFrameColumn<bool> Mark(Func<long, bool> isMarked) =>
        new BooleanDataFrameColumn(Name, Rows.Select(isMarked));

    /// <summary>For the typed members: computes in the wider type, and there in place only where that is this column's own.</summary>
    private protected PrimitiveDataFrameColumn<TWider> CombineAs<TWider>(BinaryOperation operation, DataFrameColumn column, bool inPlace = false)
        where TWider : unmanaged
    {
        RequireLengthOf(column);
        return (inPlace ? (PrimitiveDataFrameColumn<TWider>)(object)this : As<TWider>()).CombineInPlace(operation, column.As<TWider>());
    }

    private protected PrimitiveDataFrameColumn<TWider> CombineAs<TWider>(
        BinaryOperation operation, TWider value, bool inPlace = false, bool reversed = false)
        where TWider : unmanaged =>
        (inPlace ? (PrimitiveDataFrameColumn<TWider>)(object)this : As<TWider>()).CombineInPlace(operation, value, reversed);

    private protected BooleanDataFrameColumn CompareAs<TWider>(ComparisonOperation operation, DataFrameColumn column)
        where TWider : unmanaged
    {
        RequireLengthOf(column);
        return (BooleanDataFrameColumn)As<TWider>().CompareColumn(operation, column.As<TWider>());
    }

    private protected BooleanDataFrameColumn CompareAs<TWider>(ComparisonOperation operation, TWider value)
        where TWider : unmanaged => (BooleanDataFrameColumn)As<TWider>().CompareValue(operation, value);

    /// <summary>A copy in another type of numbers.</summary>
    internal override PrimitiveDataFrameColumn<TTo> As<TTo>()
    {
        if (typeof(TTo) == typeof(T)) return (PrimitiveDataFrameColumn<TTo>)(object)Clone();
        var copy = (PrimitiveDataFrameColumn<TTo>)DataFrame.CreateColumn(typeof(TTo), Name);
        copy._values.AddRange(_values.Select(value => (TTo)Convert.ChangeType(value, typeof(TTo), CultureInfo.InvariantCulture)));
        copy._valid.AddRange(_valid);
        return copy;
    }

    // Nothing is divided by a null, whose value is most often zero.
    PrimitiveDataFrameColumn<T> CombineInPlace(BinaryOperation operation, PrimitiveDataFrameColumn<T> right)
    {
        var divides = operation is BinaryOperation.Divide or BinaryOperation.Modulo;
        for (var row = 0; row < _values.Count; row++)
        {
            _valid[row] &= right._valid[row];
            if (!divides || right._valid[row]) _values[row] = Operations<T>.Instance.Combine(operation, _values[row], right._values[row]);
        }
        return this;
    }

    PrimitiveDataFrameColumn<T> CombineInPlace(BinaryOperation operation, T value, bool reversed)
    {
        var divides = operation is BinaryOperation.Divide or BinaryOperation.Modulo;
        for (var row = 0; row < _values.Count; row++)
        {
            if (divides && reversed && !_valid[row]) continue;
            var (left, right) = reversed ? (value, _values[row]) : (_values[row], value);
            _values[row] = Operations<T>.Instance.Combine(operation, left, right);
        }
        return this;
    }

    void RequireNumbers(DataFrameColumn column)
    {
        if (!IsNumericColumn() || !column.IsNumericColumn()) throw new NotSupportedException();
    }

    void RequireNumber<TValue>(TValue value)
    {
        if (!IsNumericColumn() || value is not (sbyte or byte or short or ushort or int or uint or long or ulong or float or double))
            throw new NotSupportedException();
    }

    static PrimitiveDataFrameColumn<double> Doubles(DataFrameColumn column) => column.As<double>();

    static double Double<TValue>(TValue value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
