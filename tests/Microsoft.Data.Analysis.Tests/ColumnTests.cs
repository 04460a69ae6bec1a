using static Microsoft.Data.Analysis.Tests.Tables;

namespace Microsoft.Data.Analysis.Tests;

public class ColumnTests
{
    [Fact]
    public void A_column_of_a_length_holds_nulls() =>
        Assert.Equal("Int32: null,null; String: null; Double: ", Show(new Int32DataFrameColumn("a", 2), new StringDataFrameColumn("b", 1), new DoubleDataFrameColumn("c")));

    [Fact]
    public void A_column_refuses_a_negative_length() => Assert.Throws<ArgumentOutOfRangeException>(() => new Int32DataFrameColumn("a", -1));

    [Fact]
    public void A_column_refuses_to_be_made_of_nothing()
    {
        Assert.Throws<ArgumentNullException>(() => new StringDataFrameColumn("a", (IEnumerable<string>)null!));
        Assert.Throws<ArgumentNullException>(() => new Int32DataFrameColumn("a", (IEnumerable<int>)null!));
    }

    [Fact]
    public void Values_are_typed_in_a_typed_column_and_objects_in_any()
    {
        var typed = new Int32DataFrameColumn("a", [7]);
        DataFrameColumn column = typed;
        typed[0] = 8;
        Assert.Equal(8, typed[0]);
        Assert.Equal(8, Assert.IsType<int>(column[0]));
        column[0] = null;
        Assert.Null(typed[0]);
        Assert.Equal(1, column.NullCount);
        Assert.False(column.IsValid(0));
    }

    [Fact]
    public void A_value_of_another_type_is_refused()
    {
        DataFrameColumn number = new Int32DataFrameColumn("a", [7]), text = new StringDataFrameColumn("b", ["x"]);
        Assert.Equal("Expected value to be of type System.Int32 (Parameter 'value')", Assert.Throws<ArgumentException>(() => number[0] = 5L).Message);
        Assert.Throws<ArgumentException>(() => text[0] = 5);
    }

    [Fact]
    public void Values_are_appended()
    {
        var numbers = new Int32DataFrameColumn("a", [1]);
        numbers.Append(null);
        numbers.AppendMany(4, 2);
        var text = new StringDataFrameColumn("b", ["x"]);
        text.Append(null);
        Assert.Equal("Int32: 1,null,4,4; String: x,null", Show(numbers, text));
        Assert.Equal(4, numbers.Length);
    }

    [Fact]
    public void Columns_enumerate_their_values()
    {
        Assert.Equal([1, null], new Int32DataFrameColumn("a", new int?[] { 1, null }));
        Assert.Equal(["x", null], new StringDataFrameColumn("b", ["x", null]));
    }

    [Fact]
    public void A_stretch_of_values_ends_with_the_column()
    {
        Assert.Equal([2, 3], new Int32DataFrameColumn("a", [1, 2, 3])[1, 5]);
        Assert.Equal(["y"], new StringDataFrameColumn("a", ["x", "y", "z"])[1, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Int32DataFrameColumn("a", [1])[1, 1]);
    }

    [Fact]
    public void Columns_are_created_from_values()
    {
        DataFrameColumn numbers = DataFrameColumn.Create("a", new[] { 1, 2 }), nullable = DataFrameColumn.Create("b", new int?[] { 1, null });
        Assert.Equal("Int32: 1,2; Int32: 1,null; String: x", Show(numbers, nullable, DataFrameColumn.Create("c", ["x"])));
        Assert.IsType<PrimitiveDataFrameColumn<int>>(numbers);
    }

    [Fact]
    public void A_clone_takes_rows_by_number_and_by_mark()
    {
        DataFrameColumn column = new Int32DataFrameColumn("a", new int?[] { 7, null, -3 });
        Assert.Equal(
            "Int32: -3,7,null,null; Int32: null,7,-3; Int32: 7,-3; Int32: 7,null,-3,null",
            Show(
                column.Clone(new Int32DataFrameColumn("rows", new int?[] { 2, 0, 1, null })),
                column.Clone(new Int64DataFrameColumn("rows", [2L, 0, 1]), invertMapIndices: true),
                column.Clone(new BooleanDataFrameColumn("rows", new bool?[] { true, null, true })),
                column.Clone(1)));
    }

    [Fact]
    public void A_clone_refuses_rows_that_are_not_there_and_marks_that_are_too_many()
    {
        DataFrameColumn column = new Int32DataFrameColumn("a", [7]);
        Assert.Throws<IndexOutOfRangeException>(() => column.Clone(new Int32DataFrameColumn("rows", [1])));
        Assert.Throws<ArgumentException>(() => column.Clone(new BooleanDataFrameColumn("rows", [true, true])));
        Assert.Throws<ArgumentException>(() => column.Clone(new DoubleDataFrameColumn("rows", [0.0])));
    }

    [Fact]
    public void A_clone_is_a_copy_of_the_same_class()
    {
        var column = new Int32DataFrameColumn("a", [1]);
        var clone = Assert.IsType<Int32DataFrameColumn>(column.Clone());
        clone[0] = 2;
        Assert.Equal(1, column[0]);
    }

    [Fact]
    public void Nulls_are_dropped_and_filled()
    {
        var numbers = new DoubleDataFrameColumn("a", new double?[] { 1, null });
        DataFrameColumn column = numbers;
        var text = new StringDataFrameColumn("b", [null, "x"]);
        Assert.Equal("Double: 1; String: x", Show(numbers.DropNulls(), text.DropNulls()));
        Assert.Equal("Double: 1,9; Double: 1,9; Double: 1,9; String: -,x", Show(numbers.FillNulls(9), column.FillNulls(9), column.FillNulls("9"), text.FillNulls("-")));
        Assert.Equal("Double: 1,null", Show(numbers));
        numbers.FillNulls(9, inPlace: true);
        Assert.Equal("Double: 1,9", Show(numbers));
        Assert.Throws<ArgumentException>(() => ((DataFrameColumn)text).FillNulls(5));
    }

    [Fact]
    public void A_function_is_applied_to_what_is_not_null() => Assert.Equal(
        "Int32: 2,null; String: x!,null",
        Show(new Int32DataFrameColumn("a", new int?[] { 1, null }).Apply(x => 2 * x), new StringDataFrameColumn("b", ["x", null]).Apply(x => x + "!")));

    [Theory]
    [InlineData(true, true, "Int32: -3,7,7,null; String: x,z,null")]
    [InlineData(false, true, "Int32: 7,7,-3,null; String: z,x,null")]
    [InlineData(true, false, "Int32: null,-3,7,7; String: null,x,z")]
    [InlineData(false, false, "Int32: null,7,7,-3; String: null,z,x")]
    public void Columns_are_sorted(bool ascending, bool nullsLast, string expected) => Assert.Equal(expected, Show(
        new Int32DataFrameColumn("a", new int?[] { 7, null, -3, 7 }).Sort(ascending, nullsLast),
        new StringDataFrameColumn("b", ["z", null, "x"]).Sort(ascending, nullsLast)));

    [Fact]
    public void Values_are_counted_in_the_order_in_which_they_come() => Assert.Equal(
        "Values,Counts|b,2|a,1; Values,Counts|2,1|1,2",
        Show(new StringDataFrameColumn("a", ["b", "a", null, "b"]).ValueCounts()) + "; " + Show(new Int32DataFrameColumn("a", [2, 1, 1]).ValueCounts()));

    [Fact]
    public void A_column_describes_itself()
    {
        var column = new Int32DataFrameColumn("a", new int?[] { 7, null });
        Assert.Equal("String: System.Int32,1", Show(column.Info()));
        Assert.Equal($"a7{Environment.NewLine}null{Environment.NewLine}Name: a, Type: System.Int32", column.ToString());
        Assert.Equal($"a7{Environment.NewLine}  ... 1 of total 2{Environment.NewLine}Name: a, Type: System.Int32", column.ToString(1));
        Assert.True(column.IsNumericColumn());
        Assert.False(new BooleanDataFrameColumn("b").IsNumericColumn());
    }
}
