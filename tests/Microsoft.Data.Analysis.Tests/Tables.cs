namespace Microsoft.Data.Analysis.Tests;

/// <summary>The table that most tests use, and a form of tables and columns that shows a difference at a glance.</summary>
static class Tables
{
    /// <summary>With a null in each column.</summary>
    public static DataFrame Runs() => new(
        new StringDataFrameColumn("model", ["a", "b", "a", null, "c", "b"]),
        new Int32DataFrameColumn("epochs", new int?[] { 1, 2, null, 4, 5, 6 }),
        new DoubleDataFrameColumn("accuracy", new double?[] { 0.5, 0.25, null, 0.75, -1, 0.125 }),
        new BooleanDataFrameColumn("distilled", new bool?[] { true, false, null, true, true, false }));

    /// <summary>For joins: the models of <see cref="Runs"/>, one of them twice, one that is not there, and a null.</summary>
    public static DataFrame Sizes() => new(
        new StringDataFrameColumn("model", ["b", "a", "x", null, "b"]),
        new SingleDataFrameColumn("megabytes", new float?[] { 1, 2, 3, 4, null }));

    /// <summary>Names and values, a row for each line: <c>model,n|a,1|b,null</c>.</summary>
    public static string Show(DataFrame table) => string.Join('|', table.Rows
        .Select(row => string.Join(',', row.Select(value => value ?? "null")))
        .Prepend(string.Join(',', table.Columns.Select(column => column.Name))));

    /// <summary>The type of the values, and the values: <c>Int32: 1,null</c>.</summary>
    public static string Show(DataFrameColumn column) =>
        $"{column.DataType.Name}: {string.Join(',', Enumerable.Range(0, (int)column.Length).Select(row => column[row] ?? "null"))}";

    public static string Show(params DataFrameColumn[] columns) => string.Join("; ", columns.Select(Show));
}
