using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;

namespace DistillKit.Host.Outputs;

/// <summary>Is told what a cell puts out, while it runs.</summary>
public interface IOutputObserver
{
    /// <summary>The cell wrote to the console.</summary>
    void Streamed(bool isError, string text);

    /// <summary>The cell displayed a value, or updated one.</summary>
    void Displayed(IReadOnlyList<FormattedValue> values, bool isUpdate);
}

/// <summary>
/// The outputs of all cells of a session, in order, as nbformat has them. A value that is updated changes where it was displayed first, also in
/// an earlier cell, as Jupyter's update_display_data says.
/// </summary>
internal sealed class CellOutputs(IOutputObserver observer)
{
    private readonly Lock exclusive = new();
    private readonly Dictionary<string, JsonObject> displayed = [];
    private JsonArray current = [];

    /// <summary>Begins a cell; what is put out from now on is in its list.</summary>
    internal JsonArray Begin()
    {
        lock (exclusive) return current = [];
    }

    internal void Stream(bool isError, string text)
    {
        if (text.Length == 0) return;
        var name = isError ? "stderr" : "stdout";
        lock (exclusive)
        {
            if (current.LastOrDefault() is JsonObject last && (string?)last["name"] == name) last["text"] = (string?)last["text"] + text;
            else current.Add(new JsonObject { ["output_type"] = "stream", ["name"] = name, ["text"] = text });
            observer.Streamed(isError, text);
        }
    }

    /// <summary>Shows a value, or the new value of one that was shown.</summary>
    internal void Display(DisplayedValue value)
    {
        lock (exclusive)
        {
            if (displayed.TryGetValue(value.DisplayId, out var shown)) shown["data"] = Bundle(value.FormattedValues);
            else current.Add(displayed[value.DisplayId] = Output("display_data", value.FormattedValues));
            observer.Displayed(value.FormattedValues, value.IsUpdated);
        }
    }

    /// <summary>Shows the value of a cell's last expression.</summary>
    internal void Result(int executionCount, IReadOnlyList<FormattedValue> values)
    {
        lock (exclusive)
        {
            var output = Output("execute_result", values);
            output["execution_count"] = executionCount;
            current.Add(output);
            observer.Displayed(values, isUpdate: false);
        }
    }

    internal void Error(CellError error)
    {
        lock (exclusive)
        {
            current.Add(new JsonObject
            {
                ["output_type"] = "error", ["ename"] = error.Name, ["evalue"] = error.Message, ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]),
            });
        }
    }

    private static JsonObject Output(string type, IReadOnlyList<FormattedValue> values) =>
        new() { ["output_type"] = type, ["metadata"] = new JsonObject(), ["data"] = Bundle(values) };

    private static JsonObject Bundle(IReadOnlyList<FormattedValue> values)
    {
        var bundle = new JsonObject();
        foreach (var value in values) bundle[value.MimeType] = Data(value);
        return bundle;
    }

    // Notebooks hold JSON as JSON, everything else as text.
    private static JsonNode? Data(FormattedValue value)
    {
        if (value.MimeType != JsonFormatter.MimeType) return value.Value;
        try
        {
            return JsonNode.Parse(value.Value);
        }
        catch (System.Text.Json.JsonException)
        {
            return value.Value;
        }
    }
}
