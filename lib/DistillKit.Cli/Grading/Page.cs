using System.Net;
using Markdig;

namespace DistillKit.Cli.Grading;

/// <summary>A page for a person, in one file that opens without a network. Nothing that a student wrote can become more than text on it.
/// </summary>
internal static class Page
{
    // Texts of others may hold HTML, which is shown as what it is.
    private static readonly MarkdownPipeline Plain = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    private static readonly Lazy<string> Style = new(() => Resource("page.css"));

    internal static string Text(string text) => WebUtility.HtmlEncode(text);

    internal static string FromMarkdown(string text) => Markdown.ToHtml(text, Plain);

    internal static string Paragraph(string text) => $"<p>{Text(text)}</p>\n";

    /// <summary>A table whose last columns are numbers.</summary>
    /// <param name="rows">Cells are HTML.</param>
    internal static string Table(IReadOnlyList<string> header, int numbers, IEnumerable<IReadOnlyList<string>> rows)
    {
        string Cell(string tag, string content, int index) =>
            $"<{tag}{(index >= header.Count - numbers ? " class=\"n\"" : "")}>{content}</{tag}>";
        string Row(string tag, IEnumerable<string> cells) =>
            $"<tr>{string.Concat(cells.Select((cell, index) => Cell(tag, cell, index)))}</tr>\n";
        return $"<table>\n{Row("th", header.Select(Text))}{string.Concat(rows.Select(row => Row("td", row)))}</table>\n";
    }

    /// <param name="style">Beyond that of all pages.</param>
    internal static void Write(string path, string title, string body, string style = "") => AtomicFile.WriteText(path, $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>{Text(title)}</title>
        <style>
        {Style.Value}
        {style}
        </style>
        </head>
        <body>
        {body}</body>
        </html>

        """);

    /// <summary>A text that is built into the program.</summary>
    internal static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
