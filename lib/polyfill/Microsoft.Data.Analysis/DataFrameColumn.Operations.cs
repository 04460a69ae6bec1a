namespace Microsoft.Data.Analysis;

/// <summary>
/// Where either side has a null, the answer of an arithmetic operation has one; a comparison takes a null for the type's default value.
/// </summary>
public abstract partial class DataFrameColumn
{
    public DataFrameColumn Add(DataFrameColumn column, bool inPlace = false) => Combine(BinaryOperation.Add, column, inPlace);

    public DataFrameColumn Add<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Add, value, inPlace);

    public DataFrameColumn Subtract(DataFrameColumn column, bool inPlace = false) => Combine(BinaryOperation.Subtract, column, inPlace);

    public DataFrameColumn Subtract<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Subtract, value, inPlace);

    public DataFrameColumn Multiply(DataFrameColumn column, bool inPlace = false) => Combine(BinaryOperation.Multiply, column, inPlace);

    public DataFrameColumn Multiply<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Multiply, value, inPlace);

    public DataFrameColumn Divide(DataFrameColumn column, bool inPlace = false) => Combine(BinaryOperation.Divide, column, inPlace);

    public DataFrameColumn Divide<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Divide, value, inPlace);

    public DataFrameColumn Modulo(DataFrameColumn column, bool inPlace = false) => Combine(BinaryOperation.Modulo, column, inPlace);

    public DataFrameColumn Modulo<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Modulo, value, inPlace);

    public DataFrameColumn ReverseAdd<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Add, value, inPlace, reversed: true);

    public DataFrameColumn ReverseSubtract<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Subtract, value, inPlace, reversed: true);

    public DataFrameColumn ReverseMultiply<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Multiply, value, inPlace, reversed: true);

    public DataFrameColumn ReverseDivide<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Divide, value, inPlace, reversed: true);

    public DataFrameColumn ReverseModulo<T>(T value, bool inPlace = false) => Combine(BinaryOperation.Modulo, value, inPlace, reversed: true);

    public DataFrameColumn And(DataFrameColumn column, bool inPlace = false) => Combine(BinaryOperation.And, column, inPlace);

    public PrimitiveDataFrameColumn<bool> And(bool value, bool inPlace = false) => Combine(BinaryOperation.And, value, inPlace);

    public DataFrameColumn Or(DataFrameColumn column, bool inPlace = false) => Combine(BinaryOperation.Or, column, inPlace);

    public PrimitiveDataFrameColumn<bool> Or(bool value, bool inPlace = false) => Combine(BinaryOperation.Or, value, inPlace);

    public DataFrameColumn Xor(DataFrameColumn column, bool inPlace = false) => Combine(BinaryOperation.Xor, column, inPlace);

    public PrimitiveDataFrameColumn<bool> Xor(bool value, bool inPlace = false) => Combine(BinaryOperation.Xor, value, inPlace);

    public PrimitiveDataFrameColumn<bool> ElementwiseEquals(DataFrameColumn column) =>
        column is null ? ElementwiseIsNull() : Compare(ComparisonOperation.Equals, column);

    public PrimitiveDataFrameColumn<bool> ElementwiseEquals<T>(T value) => Compare(ComparisonOperation.Equals, value);

    public PrimitiveDataFrameColumn<bool> ElementwiseNotEquals(DataFrameColumn column) =>
        column is null ? ElementwiseIsNotNull() : Compare(ComparisonOperation.NotEquals, column);

    public PrimitiveDataFrameColumn<bool> ElementwiseNotEquals<T>(T value) => Compare(ComparisonOperation.NotEquals, value);

    public PrimitiveDataFrameColumn<bool> ElementwiseGreaterThan(DataFrameColumn column) => Compare(ComparisonOperation.GreaterThan, column);

    public PrimitiveDataFrameColumn<bool> ElementwiseGreaterThan<T>(T value) => Compare(ComparisonOperation.GreaterThan, value);

    public PrimitiveDataFrameColumn<bool> ElementwiseGreaterThanOrEqual(DataFrameColumn column) =>
        Compare(ComparisonOperation.GreaterThanOrEqual, column);

    public PrimitiveDataFrameColumn<bool> ElementwiseGreaterThanOrEqual<T>(T value) => Compare(ComparisonOperation.GreaterThanOrEqual, value);

    public PrimitiveDataFrameColumn<bool> ElementwiseLessThan(DataFrameColumn column) => Compare(ComparisonOperation.LessThan, column);

    public PrimitiveDataFrameColumn<bool> ElementwiseLessThan<T>(T value) => Compare(ComparisonOperation.LessThan, value);

    public PrimitiveDataFrameColumn<bool> ElementwiseLessThanOrEqual(DataFrameColumn column) => Compare(ComparisonOperation.LessThanOrEqual, column);

    public PrimitiveDataFrameColumn<bool> ElementwiseLessThanOrEqual<T>(T value) => Compare(ComparisonOperation.LessThanOrEqual, value);

    public PrimitiveDataFrameColumn<bool> ElementwiseIsNull() => Mark(row => !IsValid(row));

    public PrimitiveDataFrameColumn<bool> ElementwiseIsNotNull() => Mark(IsValid);

    private protected abstract DataFrameColumn CombineColumn(BinaryOperation operation, DataFrameColumn column, bool inPlace);

    private protected abstract DataFrameColumn CombineValue<T>(BinaryOperation operation, T value, bool inPlace, bool reversed);

    private protected abstract PrimitiveDataFrameColumn<bool> CompareColumn(ComparisonOperation operation, DataFrameColumn column);

    private protected abstract PrimitiveDataFrameColumn<bool> CompareValue<T>(ComparisonOperation operation, T value);

    /// <summary>A column of truth values with this one's name.</summary>
    private protected abstract PrimitiveDataFrameColumn<bool> Mark(Func<long, bool> isMarked);

    internal virtual PrimitiveDataFrameColumn<T> As<T>()
        where T : unmanaged => throw new NotSupportedException();

    private protected void RequireLengthOf(DataFrameColumn column)
    {
        if (column.Length != Length) throw new ArgumentException(Messages.MismatchedLengths, nameof(column));
    }

    DataFrameColumn Combine(BinaryOperation operation, DataFrameColumn column, bool inPlace)
    {
        RequireLengthOf(column);
        return CombineColumn(operation, column, inPlace);
    }

    // A typed column chooses the generic overload over the one for columns.
    DataFrameColumn Combine<T>(BinaryOperation operation, T value, bool inPlace, bool reversed = false) => value is DataFrameColumn column
        ? Combine(operation, column, inPlace)
        : CombineValue(operation, value, inPlace, reversed);

    PrimitiveDataFrameColumn<bool> Combine(BinaryOperation operation, bool value, bool inPlace) =>
        CombineValue(operation, value, inPlace, reversed: false) as PrimitiveDataFrameColumn<bool>;

    PrimitiveDataFrameColumn<bool> Compare(ComparisonOperation operation, DataFrameColumn column)
    {
        RequireLengthOf(column);
        return CompareColumn(operation, column);
    }

    PrimitiveDataFrameColumn<bool> Compare<T>(ComparisonOperation operation, T value) => value is DataFrameColumn column
        ? Compare(operation, column)
        : CompareValue(operation, value);
}
