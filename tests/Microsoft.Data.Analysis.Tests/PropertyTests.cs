using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.Data.Analysis.Tests;

/// <summary>Tables against what LINQ says of the same values; of some, for the package cannot sort or group a column that was made of none.</summary>
public class PropertyTests
{
    [Fact]
    public void A_sorted_column_has_its_values_in_order_and_its_nulls_last() => Prop.ForAll<int?[]>(values =>
        values.Length == 0 || new Int32DataFrameColumn("a", values).Sort().SequenceEqual(values.Where(value => value is not null).Order().Concat(values.Where(value => value is null))))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Sums_differences_and_products_have_a_null_where_either_side_has_one() => Prop.ForAll<(int?, int?)[]>(pairs =>
    {
        Int32DataFrameColumn left = new("a", pairs.Select(pair => pair.Item1)), right = new("b", pairs.Select(pair => pair.Item2));
        return (left + right).SequenceEqual(pairs.Select(pair => pair.Item1 + pair.Item2))
            && (left - right).SequenceEqual(pairs.Select(pair => pair.Item1 - pair.Item2))
            && (left * right).SequenceEqual(pairs.Select(pair => pair.Item1 * pair.Item2));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Groups_have_the_sums_of_their_rows() => Prop.ForAll<(bool, short)[]>(rows =>
    {
        var table = new DataFrame(new BooleanDataFrameColumn("key", rows.Select(row => row.Item1)), new Int32DataFrameColumn("value", rows.Select(row => (int)row.Item2)));
        var expected = rows.GroupBy(row => row.Item1).Select(group => (group.Key, group.Sum(row => row.Item2)));
        return rows.Length == 0 || table.GroupBy("key").Sum().Rows.Select(row => ((bool)row[0], row.Count() == 1 ? 0 : (int)row[1])).SequenceEqual(expected);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_left_merge_has_each_pair_of_rows_with_the_same_key() => Prop.ForAll(Keys.ToArbitrary(), Keys.ToArbitrary(), (left, right) =>
    {
        var merged = Table(left, "i").Merge<int>(Table(right, "j"), "key", "key");
        var expected =
            from row in Enumerable.Range(0, left.Length)
            from other in Enumerable.Range(0, right.Length).Where(other => right[other] == left[row]).Select(other => (int?)other).DefaultIfEmpty()
            select ((int?)row, other);
        return merged.Rows.Select(row => ((int?)row["i"], (int?)row["j"])).SequenceEqual(expected);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Texts_and_numbers_survive_a_file() => Prop.ForAll(Cells.ToArbitrary(), rows =>
    {
        var table = new DataFrame(new StringDataFrameColumn("a,\"b", rows.Select(row => row.Item1)), new DoubleDataFrameColumn("n", rows.Select(row => row.Item2)));
        using var stream = new MemoryStream();
        DataFrame.SaveCsv(table, stream);
        stream.Position = 0;
        return Tables.Show(DataFrame.LoadCsv(stream, dataTypes: [typeof(string), typeof(double)])) == Tables.Show(table);
    }).QuickCheckThrowOnFailure();

    static Gen<int[]> Keys => Gen.Choose(0, 4).ArrayOf().Where(keys => keys.Length > 0);

    // White space around a field is not kept, nor are blank lines and the word null.
    static Gen<(string, double?)[]> Cells => Gen.Zip(
        Gen.Elements("a", ",", "\"", " ", "1", "\nb").ArrayOf().Select(parts => string.Concat(parts).Trim()).Where(text => !text.Contains(" \n", StringComparison.Ordinal)),
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => double.IsNegative(number.Get) ? (double?)null : number.Get)).Select(cell => (cell.Item1, cell.Item2)).ArrayOf().Where(rows => rows.Length > 0);

    static DataFrame Table(int[] keys, string name) => new(new Int32DataFrameColumn("key", keys), new Int32DataFrameColumn(name, Enumerable.Range(0, keys.Length)));
}
