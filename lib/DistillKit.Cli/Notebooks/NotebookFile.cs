using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DistillKit.Files;

namespace DistillKit.Cli.Notebooks;

/// <summary>
/// A notebook in the format of Jupyter, nbformat 4 (https://nbformat.readthedocs.io/en/latest/format_description.html). Whatever the file
/// holds besides cells and outputs stays as it is; it is written as nbformat 4.5, with sorted keys, so that the same content gives the
/// same bytes.
/// </summary>
internal sealed class NotebookFile
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject document;

    private NotebookFile(JsonObject document, string name)
    {
        this.document = document;
        Name = name;
        if (document["nbformat"] is not JsonValue version || !version.TryGetValue<int>(out var major)) throw Damaged("it has no nbformat");
        if (major != 4) throw new UserException($"{name} has nbformat {major}, and only 4 is supported: save it with a newer Jupyter.");
        if (document["cells"] is not JsonArray cells) throw Damaged("it has no cells");
        if (document["metadata"] is not (null or JsonObject)) throw Damaged("its metadata is no object");
        Cells =
        [
            .. cells.Select((cell, index) =>
                new Cell(cell as JsonObject ?? throw Damaged($"cell {index + 1} is no object"), index, Damaged)),
        ];
        NameCells();
    }

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>The cells, from the top.</summary>
    public IReadOnlyList<Cell> Cells { get; }

    /// <summary>The cells with code, from the top.</summary>
    public IEnumerable<Cell> CodeCells => Cells.Where(cell => cell.IsCode);

    /// <summary>The language of cells that do not say their own.</summary>
    public string DefaultLanguage => KernelLanguage.FirstOf(
        Text("polyglot_notebook", "kernelInfo", "defaultKernelName"), Text("dotnet_interactive", "language"),
        Text("kernelspec", "name"), Text("language_info", "name"), Text("kernelspec", "language")) ?? KernelLanguage.CSharp;

    /// <summary>The notebook's metadata.</summary>
    public JsonObject Metadata => document["metadata"] as JsonObject ?? (JsonObject)(document["metadata"] = new JsonObject());

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserException">It is not there, or is no notebook; the message says what is wrong.</exception>
    public static NotebookFile Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot read {path}: {error.Message}", error);
        }
    }

    /// <summary>Reads a notebook's text.</summary>
    /// <exception cref="UserException">It is no notebook; the message says what is wrong.</exception>
    public static NotebookFile Parse(string json, string name)
    {
        try
        {
            return new(JsonNode.Parse(json) as JsonObject ?? throw new JsonException("it is no JSON object"), name);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            // A key that comes twice is an ArgumentException, raised where the object is first looked into.
            throw new UserException($"{name} is no notebook, or damaged: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>Forgets outputs and numbers of all cells, and that the notebook was executed.</summary>
    public void Clear()
    {
        foreach (var cell in CodeCells) cell.Clear();
        ExecutionMark.Remove(this);
    }

    /// <summary>The file's text: sorted keys, one blank of indentation, line feeds, a final one.</summary>
    public string ToJson()
    {
        (document["nbformat"], document["nbformat_minor"]) = (4, 5);
        _ = Metadata;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Layout)) SortedJson.Write(writer, document);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    /// <summary>Writes the file, whole or not at all. A symbolic link stays one, and the file keeps its mode.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    public void Save(string path)
    {
        var target = File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } linked ? linked.FullName : path;
        var mode = !OperatingSystem.IsWindows() && File.Exists(target) ? File.GetUnixFileMode(target) : (UnixFileMode?)null;
        AtomicFile.WriteText(target, ToJson());
        if (!OperatingSystem.IsWindows() && mode is { } kept) File.SetUnixFileMode(target, kept);
    }

    private string? Text(params ReadOnlySpan<string> path)
    {
        JsonNode? node = document["metadata"];
        foreach (var key in path) node = (node as JsonObject)?[key];
        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    /// <summary>
    /// nbformat 4.5 wants a name for every cell. One that lacks it, or shares it, gets it from its place and content: no chance, no noise.
    /// </summary>
    private void NameCells()
    {
        var taken = new HashSet<string>();
        foreach (var cell in Cells.Where(cell => cell.Id is not null && !taken.Add(cell.Id))) cell.Id = null;
        foreach (var (index, cell) in Cells.Index().Where(pair => pair.Item.Id is null))
        {
            for (var salt = 0; cell.Id is null; salt++)
            {
                var id = ExecutionMark.Hash([index.ToString(), salt.ToString(), cell.Source])[..8];
                if (taken.Add(id)) cell.Id = id;
            }
        }
    }

    private UserException Damaged(string what) => new($"{Name} is no notebook, or damaged: {what}.");
}
