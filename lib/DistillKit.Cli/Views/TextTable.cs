using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>A table with lines on a terminal, and in Markdown in a file or a pipe. Nothing is ever cut: on a terminal that is too narrow
/// for it, each row becomes a line of names and values. (Numbers may be formatted without a culture: the program has none,
/// InvariantGlobalization.)</summary>
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
        rows.Add([.. cells.Select(cell => PlainText.Of(cell))]);
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
        var room = console.Profile.Width;
        if (Width > room)
        {
            foreach (var line in rows.SelectMany(row => Lines(row, room))) console.Write(new Text(line + "\n"));
            return;
        }
        var table = new Table().Border(border);
        foreach (var (name, isNumber) in columns)
            table.AddColumn(new(new Text(name)) { Alignment = isNumber ? Justify.Right : null, NoWrap = true });
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        console.Write(table);
    }

    // The first cell, and below it the others with the names of their columns.
    private IEnumerable<string> Lines(string[] row, int room)
    {
        const string indent = "  ";
        var pairs = columns.Zip(row, (column, cell) => (column.Name, Cell: cell)).Skip(1).Where(pair => pair.Cell.Length > 0).ToArray();
        string[] texts = [.. pairs.Select(pair => $"{pair.Name}: {pair.Cell}")];
        var lines = texts.All(text => indent.Length + text.Length < room)
            ? Terminal.Wrapped(texts, room - indent.Length, ", ")
            : pairs.SelectMany(pair => (string[])[$"{pair.Name}:", indent + pair.Cell]);
        return lines.Select(line => indent + line).Prepend(row[0]);
    }
}
