using static Microsoft.Data.Analysis.Tests.Tables;

namespace Microsoft.Data.Analysis.Tests;

public class JoinTests
{
    static DataFrame ShortRuns() => new(Runs().Columns.Take(2));

    static DataFrame Pairs(int?[] a, string?[] b, string name) => new(
        new Int32DataFrameColumn("a", a), new StringDataFrameColumn("b", b), new Int32DataFrameColumn(name, Enumerable.Range(0, a.Length)));

    [Theory]
    [InlineData(JoinAlgorithm.Left, "a,1,a,2|b,2,b,1|b,2,b,null|a,null,a,2|null,4,null,4|c,5,null,null|b,6,b,1|b,6,b,null")]
    [InlineData(JoinAlgorithm.Right, "b,2,b,1|b,6,b,1|a,1,a,2|a,null,a,2|null,null,x,3|null,4,null,4|b,2,b,null|b,6,b,null")]
    [InlineData(JoinAlgorithm.Inner, "a,1,a,2|b,2,b,1|b,2,b,null|a,null,a,2|null,4,null,4|b,6,b,1|b,6,b,null")]
    [InlineData(JoinAlgorithm.FullOuter, "a,1,a,2|b,2,b,1|b,2,b,null|a,null,a,2|null,4,null,4|c,5,null,null|b,6,b,1|b,6,b,null|null,null,x,3")]
    public void Tables_are_merged_by_a_key(JoinAlgorithm algorithm, string expected)
    {
        expected = "model_left,epochs,model_right,megabytes|" + expected;
        Assert.Equal(expected, Show(ShortRuns().Merge<string>(Sizes(), "model", "model", joinAlgorithm: algorithm)));
        Assert.Equal(expected, Show(ShortRuns().Merge(Sizes(), ["model"], ["model"], joinAlgorithm: algorithm)));
    }

    [Fact]
    public void An_inner_merge_has_the_order_of_the_longer_table() => Assert.Equal(
        "model_left,megabytes,model_right,epochs|a,2,a,1|b,1,b,2|b,null,b,2|a,2,a,null|null,4,null,4|b,1,b,6|b,null,b,6",
        Show(Sizes().Merge<string>(ShortRuns(), "model", "model", joinAlgorithm: JoinAlgorithm.Inner)));

    [Fact]
    public void A_row_without_a_key_is_lost_when_the_other_table_has_none() => Assert.Equal(
        "model_left,epochs,model_right,megabytes|a,1,a,2|b,2,b,1|a,null,a,2|c,5,null,null|b,6,b,1",
        Show(ShortRuns().Merge<string>(Sizes().DropNulls(), "model", "model")));

    [Fact]
    public void Tables_are_merged_by_several_keys()
    {
        DataFrame left = Pairs([1, 1, 2, null, 3], ["x", "y", "x", "x", null], "v"), right = Pairs([1, 2, 1, null, 3], ["x", "x", "x", null, "q"], "w");
        Assert.Equal(
            "a_left,b_left,v,a_right,b_right,w|1,x,0,1,x,0|1,x,0,1,x,2|1,y,1,null,null,null|2,x,2,2,x,1|null,x,3,null,null,3|3,null,4,null,null,3",
            Show(left.Merge(right, ["a", "b"], ["a", "b"])));
    }

    [Fact]
    public void Suffixes_are_put_to_columns_of_the_same_name()
    {
        var twice = ShortRuns().Merge<string>(Sizes(), "model", "model", "_l", "_r");
        Assert.Equal(["model_l", "epochs", "model_r", "megabytes"], twice.Columns.Select(column => column.Name));
        Assert.Equal(["epochs_left", "model_l", "epochs_right", "model_r", "megabytes"], new DataFrame(ShortRuns()["epochs"]).Join(twice).Columns
            .Select(column => column.Name).OrderBy(name => name != "epochs_left").ThenBy(name => name switch { "model_l" => 0, "epochs_right" => 1, "model_r" => 2, _ => 3 }));
    }

    [Fact]
    public void Keys_that_do_not_match_are_refused()
    {
        Assert.Equal("Expected column to hold values of type System.Int32 (Parameter 'other')", Assert.Throws<ArgumentException>(() => Runs().Merge(Sizes(), ["epochs"], ["model"])).Message);
        Assert.Throws<ArgumentException>(() => Runs().Merge(Sizes(), ["model"], ["model", "megabytes"]));
        Assert.Throws<ArgumentException>(() => Runs().Merge(Sizes(), ["?"], ["model"]));
        Assert.Throws<ArgumentNullException>(() => Runs().Merge(null!, ["model"], ["model"]));
    }

    [Theory]
    [InlineData(JoinAlgorithm.Left, "a,1|b,2|null,3")]
    [InlineData(JoinAlgorithm.Right, "a,1|b,2")]
    [InlineData(JoinAlgorithm.Inner, "a,1|b,2")]
    [InlineData(JoinAlgorithm.FullOuter, "a,1|b,2|null,3")]
    public void Tables_are_joined_row_by_row(JoinAlgorithm algorithm, string expected)
    {
        DataFrame three = new(new StringDataFrameColumn("s", ["a", "b", null])), two = new(new Int32DataFrameColumn("i", [1, 2]));
        Assert.Equal("s,i|" + expected.Replace("null,3", "null,null"), Show(three.Join(two, joinAlgorithm: algorithm)));
    }
}
