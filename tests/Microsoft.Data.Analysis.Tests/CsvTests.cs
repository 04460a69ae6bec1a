using System.Text;
using static Microsoft.Data.Analysis.Tests.Tables;

namespace Microsoft.Data.Analysis.Tests;

public class CsvTests
{
    static string Types(DataFrame table) => string.Join(',', table.Columns.Select(column => column.DataType.Name));

    static string Saved(DataFrame table, char separator = ',', bool header = true, Encoding? encoding = null)
    {
        using var stream = new MemoryStream();
        DataFrame.SaveCsv(table, stream, separator, header, encoding);
        return Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n");
    }

    [Fact]
    public void Types_are_guessed()
    {
        var table = DataFrame.LoadCsvFromString("a,b,c,d,e\n1,x,true,2026-01-02,\n2.5,,false,2026-01-03,\n");
        Assert.Equal("Single,String,Boolean,DateTime,String", Types(table));
        Assert.Equal((2.5f, "", false, new DateTime(2026, 1, 3), ""), (table[1, 0], table[1, 1], table[1, 2], table[1, 3], table[1, 4]));
    }

    [Fact]
    public void Types_are_given()
    {
        var table = DataFrame.LoadCsvFromString("a,b,c,d\n3,4,5,true", dataTypes: [typeof(int), typeof(long), typeof(double), typeof(bool)]);
        Assert.Equal("Int32,Int64,Double,Boolean", Types(table));
        Assert.Equal("Double", Types(DataFrame.LoadCsvFromString("a\n1", guessTypeFunction: _ => typeof(double))));
        Assert.Throws<FormatException>(() => DataFrame.LoadCsvFromString("a\nx", dataTypes: [typeof(int)]));
        Assert.Throws<NotSupportedException>(() => DataFrame.LoadCsvFromString("a\nx", dataTypes: [typeof(Guid)]));
    }

    [Fact]
    public void A_type_is_guessed_from_the_first_lines_only()
    {
        var numbers = string.Join('\n', Enumerable.Range(0, 12));
        Assert.Throws<FormatException>(() => DataFrame.LoadCsvFromString($"a\n{numbers}\nx"));
        Assert.Equal("String", Types(DataFrame.LoadCsvFromString($"a\n{numbers}\nx", guessRows: 14)));
        Assert.Throws<FormatException>(() => DataFrame.LoadCsvFromString("a\n1\nx", guessRows: 2));
        Assert.Throws<ArgumentException>(() => DataFrame.LoadCsvFromString("a\n1", guessRows: 0));
    }

    [Theory]
    [InlineData("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n \"q\" , z \n", "a,b|x, y,say \"hi\"|q,z")]
    [InlineData("a,b\n\"x\ny\",1\nz,2", "a,b|x\ny,1|z,2")]
    [InlineData("a,b\n\"x\n\n \ny\",1", "a,b|x\ny,1")]
    [InlineData("a,b\n\n1,2\n   \n3,4\n\n", "a,b|1,2|3,4")]
    [InlineData("a,b,c\n1,2,\n3,4,5", "a,b,c|1,2,null|3,4,5")]
    [InlineData("a,b\r\n1,x\r\n", "a,b|1,x")]
    [InlineData(" a , b \n  1 ,  x y \n", "a,b|1,x y")]
    [InlineData("a,b\nx\"y,1\n", "a,b|x\"y,1")]
    [InlineData("a,b\n\"\",1\n", "a,b|,1")]
    [InlineData("a,,c\n1,2,3", "a,Column1,c|1,2,3")]
    [InlineData("a,b\nnull,x\n1,NULL", "a,b|null,x|1,null")]
    public void Fields_are_parsed(string text, string expected) => Assert.Equal(expected, Show(DataFrame.LoadCsvFromString(text)).ReplaceLineEndings("\n"));

    [Fact]
    public void Separator_header_names_and_number_of_rows_are_options()
    {
        Assert.Equal("a,b|1,2", Show(DataFrame.LoadCsvFromString("a;b\n1;2", separator: ';')));
        Assert.Equal("a,b|1,2", Show(DataFrame.LoadCsvFromString("a\tb\n1\t2", separator: '\t')));
        Assert.Equal("Column0,Column1|1,2|3,4", Show(DataFrame.LoadCsvFromString("1,2\n3,4", header: false)));
        Assert.Equal("x,y|1,2", Show(DataFrame.LoadCsvFromString("1,2", header: false, columnNames: ["x", "y"])));
        Assert.Equal("x,y|3,4", Show(DataFrame.LoadCsvFromString("a,b\n3,4", columnNames: ["x", "y"])));
        Assert.Equal("a|1|2", Show(DataFrame.LoadCsvFromString("a\n1\n2\n3", numberOfRowsToRead: 2)));
        Assert.Equal("IndexColumn,a|0,5|1,6", Show(DataFrame.LoadCsvFromString("a\n5\n6", addIndexColumn: true)));
        Assert.Equal("a,a.1,a.2|1,2,3", Show(DataFrame.LoadCsvFromString("a,a,a\n1,2,3", renameDuplicatedColumns: true)));
    }

    [Fact]
    public void Short_lines_are_filled_where_types_are_known()
    {
        Assert.Equal("a,b|1,2|3,null", Show(DataFrame.LoadCsvFromString("a,b\n1,2\n3\n", guessRows: 2)));
        Assert.Equal("Line 2 has less columns than expected", Assert.Throws<FormatException>(() => DataFrame.LoadCsvFromString("a,b\n1\n1,2")).Message);
        Assert.Throws<ArgumentException>(() => DataFrame.LoadCsvFromString("a,b\n1,2\n1,2,3\n", guessRows: 2));
        Assert.Throws<IndexOutOfRangeException>(() => DataFrame.LoadCsvFromString("a\n1,2", dataTypes: [typeof(int)]));
    }

    [Fact]
    public void What_is_no_table_is_refused()
    {
        Assert.Equal("Empty file", Assert.Throws<FormatException>(() => DataFrame.LoadCsvFromString("")).Message);
        Assert.Throws<ArgumentException>(() => DataFrame.LoadCsvFromString("a,a\n1,2"));
        Assert.ThrowsAny<Exception>(() => DataFrame.LoadCsvFromString("a,b\n\"x,1\n"));
        Assert.Throws<FileNotFoundException>(() => DataFrame.LoadCsv(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())));
    }

    [Fact]
    public void Tables_are_saved_with_all_digits_and_quotes_where_needed()
    {
        var table = new DataFrame(
            new StringDataFrameColumn("a,\"b", ["x,y", "q\"r", "l\nm", "", null, " s "]),
            new DoubleDataFrameColumn("d", new double?[] { 0.1, 1e300, double.NaN, -0.0, null, 123456789.125 }),
            new SingleDataFrameColumn("f", new float?[] { 0.1f, 1e30f, 3, null, 5, 6 }),
            new BooleanDataFrameColumn("b", new bool?[] { true, false, null, true, true, true }));
        Assert.Equal(
            "\"a,\"\"b\",d,f,b\n\"x,y\",0.10000000000000001,0.100000001,True\n\"q\"\"r\",1.0000000000000001E+300,1.00000002E+30,False\n"
            + "\"l\nm\",NaN,3,\n,-0,,True\n,,5,True\n s ,123456789.125,6,True\n",
            Saved(table));
        Assert.Equal("1;2\n", Saved(new DataFrame(new Int32DataFrameColumn("a", [1]), new Int32DataFrameColumn("b", [2])), ';', header: false));
        Assert.Throws<ArgumentException>(() => Saved(table, '.'));
    }

    [Fact]
    public void Text_is_saved_in_ASCII_unless_told_otherwise()
    {
        var table = new DataFrame(new StringDataFrameColumn("a", ["é"]));
        Assert.Equal("a\n?\n", Saved(table));
        Assert.Equal("a\né\n", Saved(table, encoding: new UTF8Encoding(false)));
    }

    [Fact]
    public void A_file_is_read_as_it_was_written()
    {
        var path = Path.GetTempFileName();
        try
        {
            DataFrame.SaveCsv(Runs().DropNulls(), path);
            var table = DataFrame.LoadCsv(path, dataTypes: [typeof(string), typeof(int), typeof(double), typeof(bool)]);
            Assert.Equal(Show(Runs().DropNulls()), Show(table));
            Assert.Equal("model|a", Show(new DataFrame(DataFrame.LoadCsv(path, numRows: 1)["model"])));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
