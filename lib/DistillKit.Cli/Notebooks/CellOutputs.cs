namespace DistillKit.Cli.Notebooks;

/// <summary>The outputs of all cells of a notebook, in order, as nbformat has them. A value that is updated changes where it was displayed
/// first, also in an earlier cell, as Jupyter's update_display_data says.</summary>
internal sealed class CellOutputs
{
    private readonly Lock exclusive = new();
    private readonly List<List<Output>> cells = [];
    private readonly Dictionary<string, Output> displayed = [];

    internal void Begin()
    {
        lock (exclusive) cells.Add([]);
    }

    internal IReadOnlyList<JsonArray> ToJson()
    {
        lock (exclusive) return [.. cells.Select(outputs => new JsonArray([.. outputs.Select(output => output.ToJson())]))];
    }

    /// <summary>Takes up an event of the kernel; events of other kinds put nothing out.</summary>
    internal void Add(KernelEvent arrived)
    {
        lock (exclusive)
        {
            if (cells.Count == 0) return;
            var said = arrived.Event;
            switch (arrived.EventType)
            {
                case "StandardOutputValueProduced": Stream("stdout", said.Plain); break;
                case "StandardErrorValueProduced": Stream("stderr", said.Plain); break;
                case "ErrorProduced": Stream("stderr", said.Message + "\n"); break;
                case "ReturnValueProduced": Show("execute_result", said); break;
                case "DisplayedValueProduced": Show("display_data", said); break;
                case "DisplayedValueUpdated": Update(said); break;
            }
        }
    }

    internal void Fail(string message)
    {
        var lines = message.ReplaceLineEndings("\n").Split('\n');
        lock (exclusive)
        {
            cells[^1].Add(new(new()
            {
                ["output_type"] = "error",
                ["ename"] = "Error",
                ["evalue"] = lines[0],
                ["traceback"] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]),
            }));
        }
    }

    private void Stream(string name, string text)
    {
        if (cells[^1].LastOrDefault() is { } last && (string?)last.Node["name"] == name) last.Text.Append(text);
        else cells[^1].Add(new(new() { ["output_type"] = "stream", ["name"] = name }, text));
    }

    private void Show(string type, KernelEventBody said)
    {
        if (said.FormattedValues is not { Count: > 0 } values) return;
        var output = new Output(new() { ["output_type"] = type, ["metadata"] = new JsonObject(), ["data"] = Bundle(values) });
        if (type == "execute_result") output.Node["execution_count"] = cells.Count;
        cells[^1].Add(output);
        if (said.ValueId is { } id) displayed[id] = output;
    }

    // One that nobody has displayed is shown as VS Code does: the kernel's display() names its text otherwise when it updates it.
    private void Update(KernelEventBody said)
    {
        if (said.ValueId is { } id && displayed.TryGetValue(id, out var shown)) shown.Node["data"] = Bundle(said.FormattedValues ?? []);
        else Show("display_data", said);
    }

    private static JsonObject Bundle(IEnumerable<FormattedValue> values)
    {
        var bundle = new JsonObject();
        foreach (var (type, value) in values) bundle[type] = type == "application/json" ? JsonNode.Parse(value) : value;
        return bundle;
    }

    /// <summary>An output; the text of a stream grows until it is asked for.</summary>
    private sealed class Output(JsonObject node, string? text = null)
    {
        internal JsonObject Node { get; } = node;

        internal StringBuilder Text { get; } = new(text);

        internal JsonNode ToJson()
        {
            var copy = Node.DeepClone();
            if (Text.Length > 0) copy["text"] = Overwritten(Text.ToString());
            return copy;
        }

        // A carriage return goes back to the start of the line, and what follows is written over it.
        private static string Overwritten(string text)
        {
            text = text.Replace("\r\n", "\n");
            if (!text.Contains('\r')) return text;
            return string.Join('\n', text.Split('\n').Select(line => line.Split('\r').Aggregate((before, after) =>
                after.Length >= before.Length ? after : after + before[after.Length..])));
        }
    }
}
