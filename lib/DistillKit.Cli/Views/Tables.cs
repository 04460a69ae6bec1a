using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>Tables with lines on a terminal, and in Markdown, never wrapped, in a file or a pipe.</summary>
internal static class Tables
{
    private const int Unlimited = 1000;

    internal static Table New(string firstColumn) =>
        new Table().Border(Console.IsOutputRedirected ? TableBorder.Markdown : TableBorder.Rounded).AddColumn(firstColumn);

    internal static void Write(Table table)
    {
        if (!Console.IsOutputRedirected)
        {
            AnsiConsole.Write(table);
            return;
        }
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = Unlimited;
        console.Write(table);
        Console.WriteLine(text.ToString().Trim());
    }
}
