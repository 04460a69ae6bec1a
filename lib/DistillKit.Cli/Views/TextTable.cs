using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>
/// A table with lines on a terminal, and in Markdown in a file or a pipe. Nothing is ever cut: on a terminal that is too narrow for it,
/// each row becomes a line of names and values. (Numbers may be formatted without a culture: the program has none, InvariantGlobalization.)
/// </summary>
/// <param name="columns">The names of the first columns, which are texts.</param>
internal sealed class TextTable(params IEnumerable<string> columns)
{
    private readonly List<(string Name, bool IsNumber)> columns = [.. columns.Select(name => (name, false))];
    private readonly List<string[]> rows = [];

    private int Width => 1 + columns.Index()
        .Sum(column => 3 + rows.Select(row => row[column.Index].Length).Append(column.Item.Name.Length).Max());

    internal TextTable Numbers(params IEnumerable<string> names)
    {
        columns.AddRange(names.Select(name => (name, true)));
        return this;
    }

    internal TextTable Text(string name)
    {
        columns.Add((name, false));
        return this;
    }

    internal void Add(params string[] cells)
    {
        if (cells.Length != columns.Count) throw new ArgumentException($"{cells.Length} cells do not fill {columns.Count} columns.");
        rows.Add(cells);
    }

    internal void Show()
    {
        if (!Console.IsOutputRedirected)
        {
            Write(AnsiConsole.Console, TableBorder.Rounded);
            return;
        }
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = Width;
        Write(console, TableBorder.Markdown);
        Console.WriteLine(text.ToString().Trim());
    }

    internal void Write(IAnsiConsole console, TableBorder border)
    {
        if (Width > console.Profile.Width)
        {
            foreach (var row in rows)
            {
                var values = columns.Select(column => column.Name).Zip(row).Skip(1).Where(pair => pair.Second.Length > 0);
                console.WriteLine($"{row[0]}  {string.Join(", ", values.Select(pair => $"{pair.First}: {pair.Second}"))}");
            }
            return;
        }
        var table = new Table().Border(border);
        foreach (var (name, isNumber) in columns)
            table.AddColumn(new(Markup.Escape(name)) { Alignment = isNumber ? Justify.Right : null, NoWrap = true });
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        console.Write(table);
    }
}
