using System.Security.Cryptography;
using System.Text.Encodings.Web;

namespace DistillKit.Cli.Notebooks;

/// <summary>A notebook in the format of Jupyter, nbformat 4 (https://nbformat.readthedocs.io/en/latest/format_description.html). Whatever
/// the file holds besides outputs stays as it is; keys are sorted, so that the same content gives the same bytes.</summary>
internal sealed class NotebookFile
{
    /// <summary>The kernel's name of C#.</summary>
    internal const string CSharp = "csharp";

    private const string Mark = "distillkit";

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

    internal string Name { get; }

    internal IReadOnlyList<Cell> Cells { get; }

    internal IEnumerable<Cell> CodeCells => Cells.Where(cell => cell.IsCode);

    /// <summary>The kernel's name of the language in which cells begin that do not say their own.</summary>
    internal string Language => Kernel == ".net-fsharp" ? "fsharp" : CSharp;

    /// <summary>The name of the kernel that it asks for; null where it names none.</summary>
    internal string? Kernel => Cell.TextAt(Metadata, "kernelspec", "name");

    internal JsonObject Metadata => document["metadata"] as JsonObject ?? (JsonObject)(document["metadata"] = new JsonObject());

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

    /// <exception cref="UserException">It is no notebook; the message says what is wrong.</exception>
    internal static NotebookFile Parse(string json, string name)
    {
        try
        {
            var parsed = JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false });
            // Half of a character is found when the text is needed: here, and not after its cells have run.
            parsed?.ToJsonString();
            return new(parsed as JsonObject ?? throw new JsonException("it is no JSON object"), name);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader's own message may quote the file at any length.
            var line = (error as JsonException)?.LineNumber + 1;
            var what = line is null ? PlainText.Of(error.Message, most: 200) : $"line {line} is no JSON";
            throw new UserException($"{name} is no notebook, or damaged: {what}", error);
        }
    }

    /// <summary>Which assignment it is a student's version of, as <see cref="Assignment.Make"/> notes it; null where it is none.</summary>
    internal string? AssignmentName => Cell.TextAt(Metadata, Mark, "assignment");

    /// <summary>Which of its variants it is, as was noted when it was made; 0 where there are none.</summary>
    internal int Variant =>
        (Metadata[Mark] as JsonObject)?["variant"] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;

    internal void MarkAssignment(string name, int variant) =>
        Metadata[Mark] = new JsonObject { ["assignment"] = name, ["variant"] = variant };

    /// <summary>A notebook with other cells.</summary>
    internal NotebookFile With(IEnumerable<Cell> cells)
    {
        var copy = (JsonObject)document.DeepClone();
        copy["cells"] = new JsonArray([.. cells.Select(cell => cell.ToJson())]);
        return new(copy, Name);
    }

    /// <summary>Forgets outputs and numbers of all cells, and that the notebook was executed.</summary>
    internal void Clear()
    {
        foreach (var cell in CodeCells) cell.Clear();
        Metadata.Remove(Mark);
    }

    /// <summary>Notes that the outputs are those of this code, on a profile: by a hash of each.</summary>
    internal void MarkExecuted(string profile) =>
        Metadata[Mark] = new JsonObject { ["code"] = CodeHash(), ["outputs"] = OutputsHash(), ["profile"] = profile };

    /// <summary>Why the outputs cannot be those of the code; null when they are.</summary>
    internal string? FindStaleness()
    {
        var (code, outputs) = (Cell.TextAt(Metadata, Mark, "code"), Cell.TextAt(Metadata, Mark, "outputs"));
        if (code is null || outputs is null) return "it has not been executed to its end";
        if (code != CodeHash()) return "its code has changed since it was executed";
        return outputs == OutputsHash() ? null : "its outputs are not those of its last execution: some were removed or edited";
    }

    /// <summary>The file's text: sorted keys, one blank of indentation, line feeds, a final one.</summary>
    internal string ToJson() => Sorted(document)!.ToJsonString(Layout) + "\n";

    /// <exception cref="UserException">It cannot be written.</exception>
    internal void Save(string path) => AtomicFile.WriteText(path, ToJson());

    // With the keys of every object in order, as nbformat's own writer has them.
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(
            map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private string CodeHash() => Hash(CodeCells.Select(cell => $"{cell.Language}\n{cell.Source}"));

    private string OutputsHash() => Hash(CodeCells.Select(cell => Sorted(cell.Outputs)!.ToJsonString()));

    // The lengths keep parts apart.
    private static string Hash(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var bytes in parts.Select(Encoding.UTF8.GetBytes))
        {
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private UserException Damaged(string what) => new($"{Name} is no notebook, or damaged: {what}.");
}

/// <summary>A cell of a notebook.</summary>
internal sealed class Cell
{
    private readonly JsonObject node;

    internal Cell(JsonObject node, int number, Func<string, Exception> damaged)
    {
        this.node = node;
        IsCode = (TextAt(node, "cell_type") ?? throw damaged($"cell {number} has no cell_type")) == "code";
        _ = Lines(node["source"]) ?? throw damaged($"the source of cell {number} is no text");
        if (IsCode && node["outputs"] is not (null or JsonArray)) throw damaged($"the outputs of cell {number} are no list");
    }

    internal bool IsCode { get; }

    /// <summary>Its identifier in the notebook; null in files of before nbformat 4.5.</summary>
    internal string? Id => TextAt(node, "id");

    internal string Source
    {
        get => Lines(node["source"])!;
        set => node["source"] = value;
    }

    /// <summary>The identifier of its exercise, in nbgrader's metadata; null where it belongs to none.</summary>
    internal string? GradeId => TextAt(node, "metadata", "nbgrader", "grade_id");

    /// <summary>The exercise that it is the test of, by its identifier; null for other cells.</summary>
    internal string? TestedExercise =>
        IsCode && GradeId is { } id && id.EndsWith("-test", StringComparison.Ordinal) ? id[..^"-test".Length] : null;

    /// <summary>Whether what it holds is the reader's to write.</summary>
    internal bool IsSolution => At(node, "metadata", "nbgrader", "solution")?.GetValueKind() == JsonValueKind.True;

    /// <summary>Whether nobody but the author may change it.</summary>
    internal bool IsLocked => At(node, "metadata", "nbgrader", "locked")?.GetValueKind() == JsonValueKind.True;

    /// <summary>What the author has noted for those who make and grade assignments; null where there is nothing.</summary>
    internal JsonObject? Notes => At(node, "metadata", "distillkit") as JsonObject;

    /// <summary>The points that it is worth; null where nothing is graded.</summary>
    internal int? Points =>
        At(node, "metadata", "nbgrader", "points") is JsonValue value && value.TryGetValue<int>(out var points) ? points : null;

    /// <summary>The kernel's name of its language, as Polyglot Notebooks notes it; null where it begins in the notebook's.</summary>
    internal string? Language => TextAt(node, "metadata", "polyglot_notebook", "kernelName");

    internal JsonArray Outputs => node["outputs"] as JsonArray ?? [];

    internal void SetResult(int executionCount, JsonArray outputs) =>
        (node["execution_count"], node["outputs"]) = (executionCount, outputs);

    internal void Clear()
    {
        (node["execution_count"], node["outputs"]) = (null, new JsonArray());
        // Editors and Jupyter note times there, which differ from run to run.
        if (node["metadata"] is not JsonObject metadata) node["metadata"] = metadata = [];
        metadata.Remove("execution");
        metadata.Remove("ExecuteTime");
    }

    internal JsonNode ToJson() => node.DeepClone();

    internal Cell Copy() => new((JsonObject)ToJson(), 0, what => new InvalidOperationException(what));

    internal void RemoveNotes() => (At(node, "metadata") as JsonObject)?.Remove("distillkit");

    /// <summary>A text in an object in objects; null when there is none.</summary>
    internal static string? TextAt(JsonNode? node, params IEnumerable<string> path) =>
        At(node, path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The same where the text may stand in lines, as nbformat has it in outputs.</summary>
    internal static string? Text(JsonNode? node, params IEnumerable<string> path) => At(node, path) is { } found ? Lines(found) : null;

    private static JsonNode? At(JsonNode? node, params IEnumerable<string> path)
    {
        foreach (var key in path) node = (node as JsonObject)?[key];
        return node;
    }

    // nbformat has a text in one piece or in lines.
    private static string? Lines(JsonNode? source) => source switch
    {
        null => "",
        JsonArray lines when lines.All(line => TextAt(line) is not null) =>
            string.Concat(lines.Select(line => TextAt(line))).ReplaceLineEndings("\n"),
        _ => TextAt(source)?.ReplaceLineEndings("\n"),
    };
}
