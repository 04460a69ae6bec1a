using static Microsoft.Data.Analysis.Tests.Tables;

namespace Microsoft.Data.Analysis.Tests;

public class GroupByTests
{
    static readonly GroupBy ByModel = Runs().GroupBy("model");

    [Fact]
    public void Groups_come_as_they_are_met_and_rows_without_a_key_are_in_none() =>
        Assert.Equal("model,epochs|a,1|b,2|c,5", Show(ByModel.First("epochs")));

    [Fact]
    public void A_count_is_of_what_is_not_null() => Assert.Equal("model,epochs,accuracy,distilled|a,1,1,1|b,2,2,2|c,1,1,1", Show(ByModel.Count()));

    [Fact]
    public void Groups_have_sums_and_extremes_in_the_type_of_the_column()
    {
        Assert.Equal("model,epochs,accuracy|a,1,0.5|b,8,0.375|c,5,-1", Show(ByModel.Sum("epochs", "accuracy")));
        Assert.IsType<Int32DataFrameColumn>(ByModel.Sum("epochs")["epochs"]);
        Assert.Equal("model,accuracy|a,0.5|b,0.25|c,-1", Show(ByModel.Max("accuracy")));
    }

    [Fact]
    public void A_null_counts_as_zero_in_means_and_extremes()
    {
        Assert.Equal("model,epochs,accuracy|a,0.5,0.25|b,4,0.1875|c,5,-1", Show(ByModel.Mean("epochs", "accuracy")));
        Assert.Equal("model,accuracy|a,0|b,0.125|c,-1", Show(ByModel.Min("accuracy")));
        Assert.Equal("model,accuracy|a,0.5|b,0.1875|c,-1", Show(Runs().DropNulls().GroupBy("model").Mean("accuracy")));
    }

    [Fact]
    public void Groups_have_first_and_last_rows()
    {
        Assert.Equal("model,epochs,accuracy,distilled|a,1,0.5,True|b,2,0.25,False|c,5,-1,True", Show(ByModel.First()));
        Assert.Equal("model,epochs,accuracy,distilled|a,null,null,null|b,6,0.125,False|c,5,-1,True", Show(ByModel.Tail(1)));
        Assert.Equal("distilled,model,epochs,accuracy|True,a,1,0.5|True,null,4,0.75|False,b,2,0.25|False,b,6,0.125", Show(Runs().GroupBy("distilled").Head(2)));
    }

    [Fact]
    public void Rows_of_a_group_can_be_enumerated() => Assert.Equal(
        ["a: 1,null", "b: 2,6", "c: 5"],
        Runs().GroupBy<string>("model").Groupings.Select(group => $"{group.Key}: {string.Join(',', group.Select(row => row["epochs"] ?? "null"))}"));

    [Fact]
    public void What_cannot_be_added_up_is_refused()
    {
        Assert.Throws<NotSupportedException>(() => ByModel.Sum());
        Assert.ThrowsAny<Exception>(() => Runs().GroupBy("distilled").Mean("model"));
        Assert.Throws<ArgumentOutOfRangeException>(() => ByModel.Sum("?"));
        Assert.Throws<ArgumentException>(() => Runs().GroupBy("?"));
        Assert.Throws<InvalidCastException>(() => Runs().GroupBy<int>("model"));
    }

    [Fact]
    public void No_rows_make_no_groups() => Assert.Equal("model", Show(Runs()[Array.Empty<int>()].GroupBy("model").Sum("epochs")));
}
