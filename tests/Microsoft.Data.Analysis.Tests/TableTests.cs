using static Microsoft.Data.Analysis.Tests.Tables;

namespace Microsoft.Data.Analysis.Tests;

public class TableTests
{
    [Fact]
    public void Columns_have_to_differ_in_name_and_agree_in_length()
    {
        Assert.Throws<ArgumentException>(() => new DataFrame(new Int32DataFrameColumn("a"), new Int32DataFrameColumn("a")));
        Assert.Throws<ArgumentException>(() => new DataFrame(new Int32DataFrameColumn("a", 1), new Int32DataFrameColumn("b", 2)));
        Assert.Throws<ArgumentNullException>(() => Runs().Columns.Add(null!));
    }

    [Fact]
    public void Cells_are_read_and_written()
    {
        var table = Runs();
        table[1, 2] = 3.5;
        table.Rows[0]["epochs"] = 42;
        table.Rows[2][0] = null;
        Assert.Equal((3.5, 42, null), (table["accuracy"][1], table[0, 1], table.Rows[2]["model"]));
        Assert.Equal("b 2 3.5 False ", table.Rows[1].ToString());
        Assert.Equal(new KeyValuePair<string, object>("epochs", 2), table.Rows[1].GetValues().ElementAt(1));
    }

    [Fact]
    public void A_column_is_computed_from_others()
    {
        var table = Runs();
        table["points"] = table["epochs"] + table["accuracy"];
        table["epochs"] = table["accuracy"] * 2;
        Assert.Equal("Double: 1.5,2.25,null,4.75,4,6.125; Double: 1,0.5,null,1.5,-2,0.25", Show(table["points"], table["epochs"]));
        Assert.Equal(["model", "epochs", "accuracy", "distilled", "points"], table.Columns.Select(column => column.Name));
        Assert.Throws<ArgumentException>(() => table["short"] = new Int32DataFrameColumn("short", [1]));
    }

    [Fact]
    public void Columns_are_found_by_name_and_type()
    {
        var columns = Runs().Columns;
        Assert.Equal((1, -1), (columns.IndexOf("epochs"), columns.IndexOf("?")));
        Assert.Equal(2, columns.GetInt32Column("epochs")[1]);
        Assert.Equal(0.25, columns.GetPrimitiveColumn<double>("accuracy")[1]);
        Assert.Equal(("b", false), (columns.GetStringColumn("model")[1], columns.GetBooleanColumn("distilled")[1]));
        Assert.Equal("Cannot cast column holding System.Double values to type System.Int32", Assert.Throws<ArgumentException>(() => columns.GetInt32Column("accuracy")).Message);
        Assert.Equal("Column '?' does not exist (Parameter 'columnName')", Assert.Throws<ArgumentException>(() => columns["?"]).Message);
    }

    [Fact]
    public void Columns_are_inserted_renamed_replaced_and_removed()
    {
        var table = Runs();
        table.Columns.Insert(0, new Int32DataFrameColumn("first", 6));
        table.Columns.Insert(2, Enumerable.Range(0, 6), "third");
        table.Columns.RenameColumn("epochs", "n");
        table["accuracy"].SetName("top-1");
        table.Columns.Remove("distilled");
        table.Columns.Remove("?");
        table.Columns[0] = new SingleDataFrameColumn("new", 6);
        Assert.Equal(["new", "model", "third", "n", "top-1"], table.Columns.Select(column => column.Name));
        Assert.Equal((4, -1), (table.Columns.IndexOf("top-1"), table.Columns.IndexOf("accuracy")));
        Assert.Throws<ArgumentException>(() => table.Columns.RenameColumn("n", "model"));
        Assert.Throws<ArgumentException>(() => table.Columns[0] = table["n"].Clone());
        table.Columns.Clear();
        Assert.Equal((0, 0), (table.Columns.Count, table.Rows.Count));
    }

    [Fact]
    public void A_column_of_two_tables_has_one_name()
    {
        var column = new Int32DataFrameColumn("a", [1]);
        DataFrame one = new(column), other = new(column);
        column.SetName("b");
        Assert.Equal((0, 0), (one.Columns.IndexOf("b"), other.Columns.IndexOf("b")));
    }

    [Fact]
    public void A_table_shows_its_first_rows()
    {
        var newLine = Environment.NewLine;
        var table = new DataFrame(new StringDataFrameColumn("a", ["x", null]), new DoubleDataFrameColumn("a long name", [0.5, 1]));
        Assert.Equal($"a           a long name {newLine}x           0.5         {newLine}null        1           {newLine}", table.ToString());
        Assert.EndsWith($"{newLine}  ... 1 of total 2{newLine}", table.ToString(1));
        Assert.EndsWith($"{newLine}  ... 25 of total 30{newLine}", new DataFrame(new Int32DataFrameColumn("a", 30)).ToString());
    }

    [Fact]
    public void A_table_describes_its_columns() => Assert.Equal(
        "Info,model,epochs|DataType,System.String,System.Int32|Length (excluding null values),5,5",
        Show(new DataFrame(Runs().Columns.Take(2)).Info()));

    [Fact]
    public void Numbers_are_described()
    {
        Assert.Equal(
            "Description,epochs,accuracy|Length (excluding null values),5,5|Max,6,0.75|Min,1,-1|Mean,3,0.104166664",
            Show(Runs().Description()));
        Assert.Empty(new DataFrame(new StringDataFrameColumn("a", ["x"])).Description().Columns);
    }

    [Fact]
    public void Rows_are_appended_and_converted()
    {
        var table = Runs();
        Assert.Same(table, table.Append(["z", "8", 0.5f, "true"], inPlace: true));
        table.Append(new Dictionary<string, object> { ["accuracy"] = 1, ["model"] = "" }, inPlace: true);
        table.Append(["", "", "NULL"], inPlace: true);
        table.Append(inPlace: true);
        Assert.Equal(
            "model,epochs,accuracy,distilled|z,8,0.5,True|,null,1,null|,null,null,null|null,null,null,null",
            Show(table.Tail(4)));
        Assert.Equal((10, 10), (table.Rows.Count, table["epochs"].Length));
        Assert.Equal((6, 8), (Runs().Rows.Count, Runs().Append(Runs().Head(2).Rows).Rows.Count));
    }

    [Fact]
    public void A_row_that_does_not_fit_is_refused()
    {
        var table = Runs();
        Assert.Throws<FormatException>(() => table.Append(["z", "many"], inPlace: true));
        Assert.Throws<ArgumentException>(() => table.Append([1, 2, 3, 4, 5], inPlace: true));
        Assert.Throws<ArgumentException>(() => table.Append(new Dictionary<string, object> { ["?"] = 1 }, inPlace: true));
        Assert.Equal(Show(Runs()), Show(table));
    }

    [Fact]
    public void A_table_is_loaded_from_rows() => Assert.Equal(
        "i,s|1,a|null,b",
        Show(DataFrame.LoadFrom([[1, "a"], [null!, "b"]], [("i", typeof(int)), ("s", typeof(string))])));
}
