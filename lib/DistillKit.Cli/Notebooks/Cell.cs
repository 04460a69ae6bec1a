using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DistillKit.Cli.Notebooks;

/// <summary>A cell of a notebook.</summary>
internal sealed partial class Cell
{
    private readonly JsonObject node;

    internal Cell(JsonObject node, int index, Func<string, Exception> damaged)
    {
        this.node = node;
        if (Text(node["cell_type"]) is not { } type) throw damaged($"cell {index + 1} has no cell_type");
        Type = type;
        Source = Lines(node["source"]) ?? throw damaged($"the source of cell {index + 1} is no text");
        if (IsCode && node["outputs"] is not (null or JsonArray)) throw damaged($"the outputs of cell {index + 1} are no list");
        if (Id is { } id && !ValidId().IsMatch(id)) Id = null;
    }

    /// <summary><c>code</c>, <c>markdown</c> or <c>raw</c>.</summary>
    public string Type { get; }

    /// <summary>Whether it can be executed.</summary>
    public bool IsCode => Type == "code";

    /// <summary>Its name, unique in the notebook.</summary>
    public string? Id
    {
        get => Text(node["id"]);
        internal set => node["id"] = value;
    }

    /// <summary>Its text, with line feeds.</summary>
    public string Source { get; }

    /// <summary>The language that the cell says it is in, as it names it; null for the notebook's.</summary>
    public string? Language =>
        Text(Metadata("polyglot_notebook", "kernelName"))
        ?? Text(Metadata("dotnet_interactive", "language")) ?? Text(Metadata("vscode", "languageId"));

    /// <summary>Its outputs, as nbformat has them.</summary>
    public JsonArray Outputs => node["outputs"] as JsonArray ?? [];

    /// <summary>Sets number and outputs.</summary>
    internal void SetResult(int executionCount, JsonArray outputs) =>
        (node["execution_count"], node["outputs"]) = (executionCount, outputs);

    /// <summary>Forgets that it was executed.</summary>
    internal void Clear()
    {
        (node["execution_count"], node["outputs"]) = (null, new JsonArray());
        // Editors and Jupyter note times there, which differ from run to run.
        if (node["metadata"] is not JsonObject metadata) node["metadata"] = metadata = [];
        metadata.Remove("execution");
        metadata.Remove("ExecuteTime");
    }

    /// <summary>A text as nbformat has it, in one piece or in lines; null when it is something else.</summary>
    internal static string? Lines(JsonNode? value) => value switch
    {
        null => "",
        JsonArray lines when lines.All(line => Text(line) is not null) => string.Concat(lines.Select(Text)).ReplaceLineEndings("\n"),
        _ => Text(value)?.ReplaceLineEndings("\n"),
    };

    private static string? Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var result) ? result : null;

    private JsonNode? Metadata(string group, string key) => ((node["metadata"] as JsonObject)?[group] as JsonObject)?[key];

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex ValidId();
}
