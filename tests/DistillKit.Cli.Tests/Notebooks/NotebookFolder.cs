using System.Text.Json;
using System.Text.Json.Nodes;

namespace DistillKit.Cli.Tests.Notebooks;

/// <summary>A folder with made-up notebooks.</summary>
public sealed class NotebookFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("distillkit-notebooks-").FullName;

    public string this[string name] => Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Writes a notebook of C# cells, or of cells whose metadata say more.</summary>
    public string Write(string name, params CellText[] cells)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], Json(cells));
        return this[name];
    }

    /// <summary>A notebook as text.</summary>
    public static string Json(params CellText[] cells) => JsonSerializer.Serialize(new
    {
        nbformat = 4,
        nbformat_minor = 5,
        metadata = new { },
        cells = cells.Select(cell => new
        {
            cell_type = cell.Type,
            metadata = JsonNode.Parse(cell.Metadata),
            source = cell.Source,
            outputs = Array.Empty<int>(),
            execution_count = (int?)null,
        }),
    });

    /// <summary>The outputs of a notebook's cells.</summary>
    public static JsonArray[] Outputs(string path) =>
        [.. JsonNode.Parse(File.ReadAllText(path))!["cells"]!.AsArray().Select(cell => cell!["outputs"]!.AsArray())];

    /// <summary>A text as nbformat has it, in lines.</summary>
    public static string Text(JsonNode? lines) =>
        lines is JsonArray array ? string.Concat(array.Select(line => (string)line!)) : (string)lines!;
}

/// <summary>A cell.</summary>
public sealed record CellText(string Source, string Metadata = "{}", string Type = "code")
{
    public static implicit operator CellText(string source) => new(source);
}
