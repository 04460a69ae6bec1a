namespace Microsoft.Data.Analysis;

public partial class BooleanDataFrameColumn
{
    public BooleanDataFrameColumn And(BooleanDataFrameColumn column, bool inPlace = false) => Typed(base.And((DataFrameColumn)column, inPlace));

    public new BooleanDataFrameColumn And(bool value, bool inPlace = false) => Typed(base.And(value, inPlace));

    public BooleanDataFrameColumn Or(BooleanDataFrameColumn column, bool inPlace = false) => Typed(base.Or((DataFrameColumn)column, inPlace));

    public new BooleanDataFrameColumn Or(bool value, bool inPlace = false) => Typed(base.Or(value, inPlace));

    public BooleanDataFrameColumn Xor(BooleanDataFrameColumn column, bool inPlace = false) => Typed(base.Xor((DataFrameColumn)column, inPlace));

    public new BooleanDataFrameColumn Xor(bool value, bool inPlace = false) => Typed(base.Xor(value, inPlace));

    public BooleanDataFrameColumn ElementwiseEquals(BooleanDataFrameColumn column) => Typed(base.ElementwiseEquals((DataFrameColumn)column));

    public BooleanDataFrameColumn ElementwiseEquals(bool value) => Typed(base.ElementwiseEquals(value));

    public BooleanDataFrameColumn ElementwiseNotEquals(BooleanDataFrameColumn column) => Typed(base.ElementwiseNotEquals((DataFrameColumn)column));

    public BooleanDataFrameColumn ElementwiseNotEquals(bool value) => Typed(base.ElementwiseNotEquals(value));

    public static BooleanDataFrameColumn operator &(BooleanDataFrameColumn left, BooleanDataFrameColumn right) => left.And(right);

    public static BooleanDataFrameColumn operator &(BooleanDataFrameColumn left, bool right) => left.And(right);

    public static BooleanDataFrameColumn operator |(BooleanDataFrameColumn left, BooleanDataFrameColumn right) => left.Or(right);

    public static BooleanDataFrameColumn operator |(BooleanDataFrameColumn left, bool right) => left.Or(right);

    public static BooleanDataFrameColumn operator ^(BooleanDataFrameColumn left, BooleanDataFrameColumn right) => left.Xor(right);

    public static BooleanDataFrameColumn operator ^(BooleanDataFrameColumn left, bool right) => left.Xor(right);

    static BooleanDataFrameColumn Typed(DataFrameColumn column) => (BooleanDataFrameColumn)column;
}
