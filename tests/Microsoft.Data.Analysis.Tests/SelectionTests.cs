using static Microsoft.Data.Analysis.Tests.Tables;

namespace Microsoft.Data.Analysis.Tests;

public class SelectionTests
{
    static string Models(DataFrame table) => string.Join(',', table["epochs"].Cast<object?>().Select(value => value ?? "null"));

    [Fact]
    public void Rows_are_filtered_by_truth_values_and_numbers()
    {
        var table = Runs();
        Assert.Equal("1,2,4", Models(table.Filter(table["accuracy"].ElementwiseGreaterThan(0.2))));
        Assert.Equal("4,1", Models(table.Filter(new Int32DataFrameColumn("rows", [3, 0]))));
        Assert.Equal("4,1", Models(table[new Int64DataFrameColumn("rows", [3L, 0])]));
        Assert.Equal("1,null", Models(table[[true, false, true]]));
        Assert.Equal("2,2", Models(table[new[] { 1, 1 }]));
        Assert.Throws<ArgumentException>(() => table.Filter(new BooleanDataFrameColumn("b", new bool[9])));
    }

    [Fact]
    public void Two_conditions_are_combined()
    {
        var table = Runs();
        var accuracy = table.Columns.GetDoubleColumn("accuracy");
        var epochs = table.Columns.GetInt32Column("epochs");
        Assert.Equal("2,4", Models(table.Filter(accuracy.ElementwiseGreaterThan(0.2) & epochs.ElementwiseGreaterThan(1))));
        Assert.Equal("4,5", Models(table.Filter((PrimitiveDataFrameColumn<bool>)(table["epochs"].ElementwiseGreaterThan(2) & table["distilled"]))));
    }

    [Fact]
    public void Head_and_tail_are_rows_from_either_end()
    {
        Assert.Equal(("1,2", "5,6"), (Models(Runs().Head(2)), Models(Runs().Tail(2))));
        Assert.ThrowsAny<Exception>(() => Runs().Head(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => Runs().Head(-1));
    }

    [Fact]
    public void A_sample_has_no_row_twice()
    {
        var table = new DataFrame(new Int32DataFrameColumn("a", Enumerable.Range(0, 100)));
        Assert.Equal(40, table.Sample(40)["a"].Cast<int>().Distinct().Count());
        Assert.NotEqual(Show(table), Show(table.Sample(100)));
        Assert.Equal(Show(table), Show(table.Sample(100).OrderBy("a")));
        Assert.Throws<ArgumentException>(() => table.Sample(101));
    }

    [Fact]
    public void A_clone_shares_nothing()
    {
        var table = Runs();
        var clone = table.Clone();
        clone[0, 0] = "changed";
        clone.Columns.Remove("epochs");
        Assert.Equal(Show(Runs()), Show(table));
    }

    [Fact]
    public void Rows_are_ordered_and_nulls_come_last()
    {
        Assert.Equal("5,6,2,1,4,null", Models(Runs().OrderBy("accuracy")));
        Assert.Equal("4,1,2,6,5,null", Models(Runs().OrderByDescending("accuracy")));
        Assert.Equal("null,5,6,2,1,4", Models(Runs().OrderBy("accuracy", putNullValuesLast: false)));
        Assert.Equal("null,4,1,2,6,5", Models(Runs().OrderByDescending("accuracy", putNullValuesLast: false)));
        Assert.Throws<ArgumentException>(() => Runs().OrderBy("?"));
    }

    [Fact]
    public void Equal_keys_keep_their_order_going_up_and_turn_it_going_down()
    {
        Assert.Equal("1,null,2,6,5,4", Models(Runs().OrderBy("model")));
        Assert.Equal("5,6,2,null,1,4", Models(Runs().OrderBy("model", ascending: false)));
    }

    [Fact]
    public void Rows_with_nulls_are_dropped()
    {
        var table = Runs().Append();
        Assert.Equal("1,2,5,6", Models(table.DropNulls()));
        Assert.Equal("1,2,null,4,5,6", Models(table.DropNulls(DropNullOptions.All)));
    }

    [Fact]
    public void Nulls_are_filled()
    {
        var table = new DataFrame(new DoubleDataFrameColumn("a", new double?[] { 1, null }), new Int32DataFrameColumn("b", 2));
        Assert.Equal("a,b|1,7|7,7", Show(table.FillNulls(7)));
        Assert.Throws<ArgumentException>(() => Runs().FillNulls(7));
    }
}
