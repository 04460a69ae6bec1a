namespace DistillKit.Cli.Notebooks;

/// <summary>A cell of a notebook.</summary>
internal sealed class Cell
{
    private readonly JsonObject node;

    internal Cell(JsonObject node, int number, Func<string, Exception> damaged)
    {
        this.node = node;
        IsCode = (TextAt(node, "cell_type") ?? throw damaged($"cell {number} has no cell_type")) == "code";
        Source = Lines(node["source"]) ?? throw damaged($"the source of cell {number} is no text");
        if (IsCode && node["outputs"] is not (null or JsonArray)) throw damaged($"the outputs of cell {number} are no list");
    }

    /// <summary>Whether it can be executed.</summary>
    internal bool IsCode { get; }

    /// <summary>Its text, with line feeds.</summary>
    internal string Source { get; }

    /// <summary>The kernel's name of its language, as Polyglot Notebooks notes it; null where it begins in the notebook's.</summary>
    internal string? Language => TextAt(node, "metadata", "polyglot_notebook", "kernelName");

    /// <summary>Its outputs, as nbformat has them.</summary>
    internal JsonArray Outputs => node["outputs"] as JsonArray ?? [];

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

    /// <summary>A text in an object in objects; null when there is none.</summary>
    internal static string? TextAt(JsonNode? node, params IEnumerable<string> path)
    {
        foreach (var key in path) node = (node as JsonObject)?[key];
        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
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
