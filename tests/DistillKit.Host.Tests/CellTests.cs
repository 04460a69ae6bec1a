using DistillKit.Host.Execution;

namespace DistillKit.Host.Tests;

public sealed class CellTests
{
    [Fact]
    public async Task The_last_expression_is_the_cells_result_and_a_statement_is_none()
    {
        var cells = await Bench.OutputsAsync("var x = 6;", "x * 7", "x += 0;", "Console.Write(x)", "return x;");

        Assert.Empty(cells[0]);
        Assert.Equal("execute_result", Assert.Single(cells[1]).Type);
        Assert.Contains("<pre>42</pre>", cells[1][0]["text/html"]);
        Assert.Empty(cells[2]);
        Assert.Equal("stream", Assert.Single(cells[3]).Type);
        Assert.Contains("<pre>6</pre>", Assert.Single(cells[4])["text/html"]);
    }

    [Fact]
    public async Task Text_is_plain_and_objects_are_html_as_the_formatters_prefer()
    {
        var cells = await Bench.OutputsAsync("\"a<b\"", "new[] { new { Name = \"a\", Size = 3 } }", "(object)null");

        Assert.Equal(["text/plain"], cells[0][0].MimeTypes);
        Assert.Equal("a<b", cells[0][0]["text/plain"]);
        Assert.Equal(["text/html"], cells[1][0].MimeTypes);
        Assert.Matches("<table>.*Name.*Size.*</table>", cells[1][0]["text/html"].ReplaceLineEndings(" "));
        Assert.Contains("&lt;null&gt;", cells[2][0]["text/html"]);
    }

    [Fact]
    public async Task A_formatter_that_a_cell_registers_is_used()
    {
        var cells = await Bench.OutputsAsync("""
            using Microsoft.DotNet.Interactive.Formatting;
            public record Money(int Cents);
            Formatter.Register<Money>(money => $"<b>{money.Cents} ct</b>", "text/html");
            """, "new Money(5)");

        Assert.Equal("<b>5 ct</b>", cells[1][0]["text/html"]);
    }

    [Fact]
    public async Task Html_and_displayed_text_keep_their_type()
    {
        var cells = await Bench.OutputsAsync("display(HTML(\"<i>x</i>\"));", "\"# t\".DisplayAs(\"text/markdown\");", "display(3, \"text/plain\");");

        Assert.Equal(("display_data", "<i>x</i>"), (cells[0][0].Type, cells[0][0]["text/html"]));
        Assert.Equal("# t", cells[1][0]["text/markdown"]);
        Assert.Equal("3", cells[2][0]["text/plain"]);
    }

    [Fact]
    public async Task Both_streams_keep_their_order_and_are_live()
    {
        using var bench = new Bench((Bench.CSharp, "Console.Write(\"a\"); Console.WriteLine(1); Console.Error.Write(\"b\"); Console.Write(\"c\");"));
        var (_, notebook) = await bench.RunAsync();
        var outputs = notebook.CodeCells.Single().Outputs.Select(output => new Output(output!.AsObject())).ToArray();

        Assert.Equal(["a1\n", "b", "c"], outputs.Select(output => output.Text));
        Assert.Equal(["stdout", "stderr", "stdout"], outputs.Select(output => (string)output.Node["name"]!));
        Assert.Equal("a1\nbc", string.Concat(bench.Live));
    }

    [Fact]
    public async Task An_updated_value_changes_in_its_place_even_in_an_earlier_cell()
    {
        var cells = await Bench.OutputsAsync("var shown = display(\"one\"); display(\"two\"); shown.Update(\"three\");", "shown.Update(\"four\");");

        Assert.Equal(["four", "two"], cells[0].Select(output => output["text/plain"]));
        Assert.Empty(cells[1]);
    }

    [Fact]
    public async Task What_display_returns_is_not_displayed_again()
    {
        var cells = await Bench.OutputsAsync("display(\"once\")");
        Assert.Equal("display_data", Assert.Single(cells[0]).Type);
    }

    [Fact]
    public async Task Threads_that_a_cell_starts_display_in_it()
    {
        var cells = await Bench.OutputsAsync("await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => display(i.ToString()))));");
        Assert.Equal("01234567", string.Concat(cells[0].Select(output => output["text/plain"]).Order()));
    }

    [Fact]
    public async Task Usings_types_and_functions_last()
    {
        var cells = await Bench.OutputsAsync("using System.Globalization;\nint Twice(int x) => 2 * x;\nrecord Point(int X);", "new Point(Twice(4)).X + CultureInfo.InvariantCulture.LCID");
        Assert.Contains("<pre>135</pre>", cells[1][0]["text/html"]);
    }

    [Fact]
    public async Task Scripts_are_loaded_from_the_notebooks_folder_nested_and_by_relative_paths()
    {
        using var bench = new Bench((Bench.CSharp, "#load \"lib/outer.csx\"\nConsole.Write(Outer());"), (Bench.FSharp, "#load \"inner.fsx\"\nprintf \"%d\" Inner.two"));
        Directory.CreateDirectory(Path.Combine(bench.Folder, "lib"));
        File.WriteAllText(Path.Combine(bench.Folder, "lib", "outer.csx"), "#load \"inner.csx\"\nint Outer() => Inner + 1;");
        File.WriteAllText(Path.Combine(bench.Folder, "lib", "inner.csx"), "int Inner = 1;");
        File.WriteAllText(Path.Combine(bench.Folder, "inner.fsx"), "let two = 2");

        var (result, _) = await bench.RunAsync();

        Assert.True(result.End == RunEnd.Completed, result.Error);
        Assert.Equal("22", string.Concat(bench.Live));
    }
}
