using System.Text.Encodings.Web;
using DistillKit.Files;

namespace DistillKit.Cli.Notebooks;

/// <summary>
/// A notebook in the format of Jupyter, nbformat 4 (https://nbformat.readthedocs.io/en/latest/format_description.html). Whatever the file
/// holds besides outputs stays as it is; keys are sorted, so that the same content gives the same bytes.
/// </summary>
internal sealed class NotebookFile
{
    /// <summary>The kernel's name of C#.</summary>
    internal const string CSharp = "csharp";

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
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
        Cells = [.. cells.Select((cell, index) => new Cell(Object(cell, index + 1), index + 1, Damaged))];

        JsonObject Object(JsonNode? cell, int number) => cell as JsonObject ?? throw Damaged($"cell {number} is no object");
    }

    /// <summary>What errors call it.</summary>
    internal string Name { get; }

    /// <summary>The cells, from the top.</summary>
    internal IReadOnlyList<Cell> Cells { get; }

    /// <summary>The cells with code, from the top.</summary>
    internal IEnumerable<Cell> CodeCells => Cells.Where(cell => cell.IsCode);

    /// <summary>The kernel's name of the language in which cells begin that do not say their own.</summary>
    internal string Language => Cell.TextAt(Metadata, "kernelspec", "name") == ".net-fsharp" ? "fsharp" : CSharp;

    /// <summary>The notebook's metadata.</summary>
    internal JsonObject Metadata => document["metadata"] as JsonObject ?? (JsonObject)(document["metadata"] = new JsonObject());

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserException">It is not there, or is no notebook; the message says what is wrong.</exception>
    internal static NotebookFile Load(string path)
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
    internal static NotebookFile Parse(string json, string name)
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
    internal void Clear()
    {
        foreach (var cell in CodeCells) cell.Clear();
        ExecutionMark.Remove(this);
    }

    /// <summary>The file's text: sorted keys, one blank of indentation, line feeds, a final one.</summary>
    internal string ToJson() => Sorted(document)!.ToJsonString(Layout) + "\n";

    /// <summary>Writes the file, whole or not at all. A symbolic link stays one, and the file keeps its mode.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    internal void Save(string path)
    {
        var target = File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } linked ? linked.FullName : path;
        var mode = !OperatingSystem.IsWindows() && File.Exists(target) ? File.GetUnixFileMode(target) : (UnixFileMode?)null;
        AtomicFile.WriteText(target, ToJson());
        if (!OperatingSystem.IsWindows() && mode is { } kept) File.SetUnixFileMode(target, kept);
    }

    /// <summary>JSON with the keys of every object in order, as nbformat's own writer has them.</summary>
    internal static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(
            map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private UserException Damaged(string what) => new($"{Name} is no notebook, or damaged: {what}.");
}
