using static Microsoft.Data.Analysis.Tests.Tables;

namespace Microsoft.Data.Analysis.Tests;

public class StatisticsTests
{
    static readonly DataFrameColumn I = new Int32DataFrameColumn("i", new int?[] { 7, null, -3 });
    static readonly DataFrameColumn D = new DoubleDataFrameColumn("d", new double?[] { 0.5, null, 4, 1 });

    [Fact]
    public void Nulls_are_passed_over()
    {
        Assert.Equal([4, -3, 7, -21], new[] { I.Sum(), I.Min(), I.Max(), I.Product() });
        Assert.Equal([5.5, 0.5, 4.0, 2.0], new[] { D.Sum(), D.Min(), D.Max(), D.Product() });
        Assert.Equal((2, 5.5 / 3), (I.Mean(), D.Mean()));
        Assert.Equal((2, 1), (I.Median(), D.Median()));
    }

    [Fact]
    public void Of_chosen_rows_a_null_counts_as_zero()
    {
        Assert.Equal([7, 0, 7], new[] { I.Sum([0, 1]), I.Min([0, 1]), I.Max([0, 2]) });
        Assert.Equal(0, I.Max([1, 2]));
        Assert.Throws<IndexOutOfRangeException>(() => I.Sum([7]));
    }

    [Fact]
    public void Nothing_has_no_sum_and_no_largest_value()
    {
        DataFrameColumn none = new DoubleDataFrameColumn("a"), nulls = new Int32DataFrameColumn("b", 2);
        Assert.Equal(new object?[4], new[] { none.Sum(), none.Max(), nulls.Sum(), nulls.Min() });
        Assert.Equal((0, 0, 0), (none.Mean(), none.Median(), nulls.Median()));
    }

    [Fact]
    public void NaN_wins()
    {
        var column = new DoubleDataFrameColumn("a", [1, double.NaN, -2]);
        Assert.Equal([double.NaN, double.NaN, double.NaN], new[] { column.Min(), column.Max(), column.Sum() });
        Assert.Equal("Double: NaN,-2,1", Show(column.Sort()));
    }

    [Fact]
    public void Sums_of_integers_wrap_around() => Assert.Equal(int.MinValue, new Int32DataFrameColumn("a", [int.MaxValue, 1]).Sum());

    [Fact]
    public void Truth_values_and_texts_have_no_sum()
    {
        Assert.Throws<NotSupportedException>(() => new BooleanDataFrameColumn("a", [true]).Sum());
        Assert.Throws<NotSupportedException>(() => new BooleanDataFrameColumn("a", [true]).Max());
        Assert.ThrowsAny<Exception>(() => new StringDataFrameColumn("a", ["x"]).Mean());
    }

    [Fact]
    public void Truth_values_have_all_and_any()
    {
        var mixed = new BooleanDataFrameColumn("a", new bool?[] { true, null });
        Assert.Equal((false, true), (mixed.All(), mixed.Any()));
        Assert.Equal((true, false), (new BooleanDataFrameColumn("b").All(), new BooleanDataFrameColumn("b").Any()));
        Assert.Throws<NotSupportedException>(() => I.All());
    }

    [Fact]
    public void Numbers_are_rounded_to_even_and_lose_their_sign()
    {
        var column = new DoubleDataFrameColumn("a", new double?[] { 0.5, 1.5, -2.5, null });
        Assert.Equal("Double: 0,2,-2,null; Double: 0.5,1.5,2.5,null; Int32: 7,null,3", Show(column.Round(), column.Abs(), I.Abs()));
        column.Abs(inPlace: true);
        Assert.Equal("Double: 0.5,1.5,2.5,null", Show(column));
    }

    [Fact]
    public void A_description_has_length_maximum_minimum_and_mean_which_counts_nulls() =>
        Assert.Equal("Single: 2,7,-3,1.3333334; Single: 3,4,0.5,1.375", Show(I.Description(), D.Description()));

    [Fact]
    public void Dates_are_compared_and_have_a_first_and_a_last()
    {
        DateTime first = new(2025, 1, 1), last = new(2026, 1, 2);
        var dates = new DateTimeDataFrameColumn("a", new DateTime?[] { last, null, first });
        Assert.Equal((first, last), (dates.Min(), dates.Max()));
        Assert.Equal("Boolean: True,False,False; Single: 2,null,null,null", Show(dates.ElementwiseGreaterThan(first), dates.Description()));
        Assert.Throws<NotSupportedException>(() => dates.Sum());
    }
}
