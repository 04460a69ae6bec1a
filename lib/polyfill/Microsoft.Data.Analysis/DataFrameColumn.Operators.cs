namespace Microsoft.Data.Analysis;

public abstract partial class DataFrameColumn
{
    public static DataFrameColumn operator +(DataFrameColumn left, DataFrameColumn right) => left.Add(right);

    public static DataFrameColumn operator -(DataFrameColumn left, DataFrameColumn right) => left.Subtract(right);

    public static DataFrameColumn operator *(DataFrameColumn left, DataFrameColumn right) => left.Multiply(right);

    public static DataFrameColumn operator /(DataFrameColumn left, DataFrameColumn right) => left.Divide(right);

    public static DataFrameColumn operator %(DataFrameColumn left, DataFrameColumn right) => left.Modulo(right);

    public static DataFrameColumn operator &(DataFrameColumn left, DataFrameColumn right) => left.And(right);

    public static DataFrameColumn operator &(DataFrameColumn column, bool value) => column.And(value);

    public static DataFrameColumn operator |(DataFrameColumn left, DataFrameColumn right) => left.Or(right);

    public static DataFrameColumn operator |(DataFrameColumn column, bool value) => column.Or(value);

    public static DataFrameColumn operator ^(DataFrameColumn left, DataFrameColumn right) => left.Xor(right);

    public static DataFrameColumn operator ^(DataFrameColumn column, bool value) => column.Xor(value);
}
