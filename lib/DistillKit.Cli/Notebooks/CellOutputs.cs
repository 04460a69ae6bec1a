using System.Text;
using System.Text.Json.Nodes;

namespace DistillKit.Cli.Notebooks;

/// <summary>
/// The outputs of all cells of a notebook, in order, as nbformat has them. A value that is updated changes where it was displayed first,
/// also in an earlier cell, as Jupyter's update_display_data says.
/// </summary>
internal sealed class CellOutputs
{
    private const string Json = "application/json";

    private readonly Lock exclusive = new();
    private readonly List<List<Output>> cells = [];
    private readonly Dictionary<string, (int Cell, Output Output)> displayed = [];
    private readonly HashSet<int> changed = [];

    /// <summary>Begins a cell: what comes from now on is in its list.</summary>
    internal void Begin()
    {
        lock (exclusive)
        {
            changed.Add(cells.Count);
            cells.Add([]);
        }
    }

    /// <summary>The outputs of the cells that have changed since the last call, by the place of the cell.</summary>
    internal IReadOnlyList<(int Cell, JsonArray Outputs)> TakeChanges()
    {
        lock (exclusive)
        {
            (int, JsonArray)[] result = [.. changed.Order().Select(cell => (cell, All(cells[cell])))];
            changed.Clear();
            return result;
        }
    }

    /// <summary>Takes up an event of the kernel.</summary>
    internal void Add(KernelEvent arrived)
    {
        lock (exclusive)
        {
            if (cells.Count == 0) return;
            var values = arrived.Event.FormattedValues ?? [];
            switch (arrived.EventType)
            {
                case "StandardOutputValueProduced": Stream("stdout", Plain(values)); break;
                case "StandardErrorValueProduced": Stream("stderr", Plain(values)); break;
                case "ErrorProduced": Stream("stderr", arrived.Event.Message + "\n"); break;
                case "ReturnValueProduced": Show("execute_result", values, arrived.Event.ValueId); break;
                case "DisplayedValueProduced": Show("display_data", values, arrived.Event.ValueId); break;
                case "DisplayedValueUpdated": Update(values, arrived.Event.ValueId); break;
            }
        }
    }

    /// <summary>Ends the cell with an error.</summary>
    internal void Fail(string message)
    {
        var lines = message.ReplaceLineEndings("\n").Split('\n');
        lock (exclusive)
        {
            Append(new(new()
            {
                ["output_type"] = "error",
                ["ename"] = "Error",
                ["evalue"] = lines[0],
                ["traceback"] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]),
            }));
        }
    }

    /// <summary>The plain text of a value; nothing when it has none.</summary>
    internal static string Plain(IEnumerable<FormattedValue> values) =>
        values.FirstOrDefault(value => value.MimeType == "text/plain")?.Value ?? "";

    private static JsonArray All(IEnumerable<Output> outputs) => new([.. outputs.Select(output => output.ToJson())]);

    private void Stream(string name, string text)
    {
        if (cells[^1].LastOrDefault() is { } last && (string?)last.Node["name"] == name) last.Text.Append(text);
        else Append(new(new() { ["output_type"] = "stream", ["name"] = name }, text));
        changed.Add(cells.Count - 1);
    }

    private void Show(string type, IReadOnlyList<FormattedValue> values, string? id)
    {
        if (values.Count == 0) return;
        var output = new Output(new() { ["output_type"] = type, ["metadata"] = new JsonObject(), ["data"] = Bundle(values) });
        if (type == "execute_result") output.Node["execution_count"] = cells.Count;
        Append(output);
        if (id is not null) displayed[id] = (cells.Count - 1, output);
    }

    // One that nobody has displayed is shown as VS Code does: the kernel's display() names its text otherwise when it updates it.
    private void Update(IReadOnlyList<FormattedValue> values, string? id)
    {
        if (id is null || !displayed.TryGetValue(id, out var shown))
        {
            Show("display_data", values, id);
            return;
        }
        shown.Output.Node["data"] = Bundle(values);
        changed.Add(shown.Cell);
    }

    private void Append(Output output)
    {
        cells[^1].Add(output);
        changed.Add(cells.Count - 1);
    }

    private static JsonObject Bundle(IEnumerable<FormattedValue> values)
    {
        var bundle = new JsonObject();
        foreach (var value in values) bundle[value.MimeType] = value.MimeType == Json ? JsonNode.Parse(value.Value) : value.Value;
        return bundle;
    }

    /// <summary>An output; the text of a stream grows until it is asked for.</summary>
    private sealed class Output(JsonObject node, string? text = null)
    {
        internal JsonObject Node { get; } = node;

        internal StringBuilder Text { get; } = new(text);

        internal JsonNode ToJson()
        {
            var copy = (JsonObject)Node.DeepClone();
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
