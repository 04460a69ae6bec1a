using System.Text.RegularExpressions;
using Markdig;

namespace DistillKit.Cli.Grading;

/// <summary>Slides in Markdown, separated by lines of three dashes, as a page that is printed with a slide on each sheet. A picture may be
/// the chart of a notebook: <c>![what it shows](../03-distillation.ipynb#c26)</c> takes it from the outputs of that cell.</summary>
internal static partial class SlidePage
{
    private static readonly MarkdownPipeline Slides = new MarkdownPipelineBuilder().UsePipeTables().Build();

    /// <summary>Writes the page of a file.</summary>
    /// <returns>How many slides it has.</returns>
    /// <exception cref="UserException">The file is not there, or a chart is not.</exception>
    internal static int Write(string path, string target)
    {
        if (!File.Exists(path)) throw new UserException($"There is no {path}.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] slides = [.. Separator().Split(File.ReadAllText(path).ReplaceLineEndings("\n")).Where(slide => slide.Trim().Length > 0)];
        var notebooks = new Dictionary<string, NotebookFile>();
        var pages = slides.Select(slide =>
        {
            var shown = Chart().Replace(Note().Replace(slide, ""), match => $"![{match.Groups[1].Value}]({Picture(match)})");
            return $"<section>\n{Markdown.ToHtml(shown, Slides)}</section>\n";
        });
        var title = Path.GetFileNameWithoutExtension(path);
        Page.Write(target, $"Slides {title}", string.Concat(pages), Page.Resource("slides.css"));
        return slides.Length;

        string Picture(Match link)
        {
            var (file, id) = (Path.GetFullPath(Path.Combine(folder, link.Groups[2].Value)), link.Groups[3].Value);
            if (!notebooks.TryGetValue(file, out var notebook)) notebooks[file] = notebook = NotebookFile.Load(file);
            var outputs = notebook.CodeCells.FirstOrDefault(cell => cell.Id == id)?.Outputs
                ?? throw new UserException($"{path}: {link.Groups[2].Value} has no cell {id}.");
            return outputs.Select(PictureOf).FirstOrDefault(picture => picture is not null)
                ?? throw new UserException($"{path}: the cell {id} of {link.Groups[2].Value} has no chart.");
        }
    }

    /// <summary>The picture among what a cell has displayed, as an address that holds it; null where there is none.</summary>
    internal static string? PictureOf(JsonNode? output)
    {
        var shown = Cell.Text(output, "data", "image/png") is { } png ? $"data:image/png;base64,{png.ReplaceLineEndings("").Trim()}"
            : Cell.Text(output, "data", "text/html") ?? "";
        return Inline().Match(shown) is { Success: true } match ? match.Value : null;
    }

    [GeneratedRegex(@"^---\s*$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Note();

    [GeneratedRegex(@"!\[([^\]]*)\]\(([^)#]+\.ipynb)#([^)]+)\)")]
    private static partial Regex Chart();

    [GeneratedRegex("data:image/(png|svg\\+xml);base64,[A-Za-z0-9+/=]+")]
    private static partial Regex Inline();
}
