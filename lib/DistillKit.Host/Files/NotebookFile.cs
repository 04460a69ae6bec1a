using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DistillKit.Host.Files;

/// <summary>
/// A notebook in the format of Jupyter, nbformat 4 (https://nbformat.readthedocs.io/en/latest/format_description.html). Whatever the file holds
/// besides cells and outputs stays as it is; it is written as nbformat 4.5, with sorted keys, so that the same content gives the same bytes.
/// </summary>
public sealed class NotebookFile
{
    private const string OwnMetadata = "distillkit";

    private readonly JsonObject document;

    private NotebookFile(JsonObject document, string name)
    {
        this.document = document;
        Name = name;
        if (document["nbformat"] is not JsonValue version || !version.TryGetValue<int>(out var major)) throw Damaged("it has no nbformat");
        if (major != 4) throw new HostException($"{name} has nbformat {major}, and only 4 is supported: save it with a newer Jupyter.");
        if (document["cells"] is not JsonArray cells) throw Damaged("it has no cells");
        if (document["metadata"] is not (null or JsonObject)) throw Damaged("its metadata is no object");
        Cells = [.. cells.Select((cell, index) => new Cell(cell as JsonObject ?? throw Damaged($"cell {index + 1} is no object"), index, Damaged))];
        NameCells();
    }

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>The cells, from the top.</summary>
    public IReadOnlyList<Cell> Cells { get; }

    /// <summary>The cells with code, from the top.</summary>
    public IEnumerable<Cell> CodeCells => Cells.Where(cell => cell.IsCode);

    /// <summary>The language of cells that do not say their own, as the notebook names it: for instance <c>csharp</c> or <c>.net-fsharp</c>.</summary>
    public string DefaultLanguage =>
        Text("polyglot_notebook", "kernelInfo", "defaultKernelName") ?? Text("dotnet_interactive", "language")
        ?? Text("kernelspec", "name") ?? Text("language_info", "name") ?? Text("kernelspec", "language") ?? "csharp";

    /// <summary>What an execution left: a hash of the code that ran and one of its outputs; null when there was none.</summary>
    public (string Code, string Outputs, string? Profile)? Executed =>
        Text(OwnMetadata, "code") is { } code && Text(OwnMetadata, "outputs") is { } outputs ? (code, outputs, Text(OwnMetadata, "profile")) : null;

    /// <summary>Reads a file.</summary>
    /// <exception cref="HostException">It is not there, or is no notebook; the message says what is wrong.</exception>
    public static NotebookFile Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HostException($"Cannot read {path}: {error.Message}", error);
        }
    }

    /// <summary>Reads a notebook's text.</summary>
    /// <exception cref="HostException">It is no notebook; the message says what is wrong.</exception>
    public static NotebookFile Parse(string json, string name)
    {
        try
        {
            return new(JsonNode.Parse(json) as JsonObject ?? throw new JsonException("it is no JSON object"), name);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            // A key that comes twice is an ArgumentException, raised where the object is first looked into.
            throw new HostException($"{name} is no notebook, or damaged: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>Forgets outputs and numbers of all cells, and that the notebook was executed.</summary>
    public void Clear()
    {
        foreach (var cell in CodeCells) cell.Clear();
        (document["metadata"] as JsonObject)?.Remove(OwnMetadata);
    }

    /// <summary>Notes that the outputs are those of this code.</summary>
    /// <param name="profile">The profile that it ran with, if it has one.</param>
    public void MarkExecuted(string? profile)
    {
        var own = new JsonObject { ["code"] = CodeHash(), ["outputs"] = OutputsHash() };
        if (profile is not null) own["profile"] = profile;
        Metadata()[OwnMetadata] = own;
    }

    /// <summary>Why the outputs cannot be those of the code; null when they are.</summary>
    public string? FindStaleness() => Executed switch
    {
        null => "it has not been executed to its end",
        { } executed when executed.Code != CodeHash() => "its code has changed since it was executed",
        { } executed when executed.Outputs != OutputsHash() => "its outputs are not those of its last execution: some were removed or edited",
        _ => null,
    };

    /// <summary>The file's text: sorted keys, one blank of indentation, line feeds, a final one.</summary>
    public string ToJson()
    {
        (document["nbformat"], document["nbformat_minor"]) = (4, 5);
        Metadata();
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions
        {
            Indented = true, IndentSize = 1, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(stream, options)) SortedJson.Write(writer, document);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="HostException">It cannot be written.</exception>
    public void Save(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            var staging = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
            File.WriteAllText(staging, ToJson());
            File.Move(staging, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HostException($"Cannot write {path}: {error.Message}", error);
        }
    }

    private string CodeHash() => Hash(CodeCells.Select(cell => cell.Language + "\n" + cell.Source));

    private string OutputsHash() => Hash(CodeCells.Select(cell => SortedJson.Compact(cell.Outputs)));

    private static string Hash(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private JsonObject Metadata() => document["metadata"] as JsonObject ?? (JsonObject)(document["metadata"] = new JsonObject());

    private string? Text(params ReadOnlySpan<string> path)
    {
        JsonNode? node = document["metadata"];
        foreach (var key in path) node = (node as JsonObject)?[key];
        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    /// <summary>nbformat 4.5 wants a name for every cell. One that lacks it, or shares it, gets it from its place and content: no chance, no noise.</summary>
    private void NameCells()
    {
        var taken = new HashSet<string>();
        foreach (var cell in Cells.Where(cell => cell.Id is not null && !taken.Add(cell.Id))) cell.Id = null;
        foreach (var (index, cell) in Cells.Index().Where(pair => pair.Item.Id is null))
        {
            for (var salt = 0; cell.Id is null; salt++)
            {
                var id = Hash([index.ToString(), salt.ToString(), cell.Source])[..8];
                if (taken.Add(id)) cell.Id = id;
            }
        }
    }

    private HostException Damaged(string what) => new($"{Name} is no notebook, or damaged: {what}.");
}
