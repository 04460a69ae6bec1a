namespace DistillKit.Edge.Onnx;

/// <summary>An input or output of the graph.</summary>
/// <param name="Shape">The dimensions, -1 for one that has only a name; null where the file gives none.</param>
internal sealed record OnnxValue(string Name, ElementType Type, int[]? Shape);

/// <summary>A model file in memory: tensors are checked, nodes are as in the file, names are not yet resolved.</summary>
internal sealed record OnnxGraph(
    IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, OnnxTensor> Initializers, IReadOnlyList<OnnxValue> Inputs,
    IReadOnlyList<OnnxValue> Outputs, IReadOnlyDictionary<string, string> Metadata, long FileBytes);

/// <summary>An attribute of a node; which of the values counts is for the operator to say.</summary>
internal readonly record struct OnnxAttribute(long Integer, float Single, string? Text, long[]? Integers, OnnxTensor? Tensor);

/// <summary>A node of the file, with accessors that refuse what the operator's specification does not allow.</summary>
/// <param name="Inputs">Names of values; empty for an optional input that is left out.</param>
internal sealed record OnnxNode(
    string Operator, string Name, string[] Inputs, string[] Outputs, IReadOnlyDictionary<string, OnnxAttribute> Attributes)
{
    /// <summary>How the file, or at least its first output, calls this node.</summary>
    public string Title => Name.Length > 0 ? Name : Outputs.Length > 0 ? Outputs[0] : "";

    public string Input(int index) => index < Inputs.Length ? Inputs[index] : "";

    public long Integer(string attribute, long otherwise) => Attributes.TryGetValue(attribute, out var value) ? value.Integer : otherwise;

    public float Single(string attribute, float otherwise) => Attributes.TryGetValue(attribute, out var value) ? value.Single : otherwise;

    public string Text(string attribute, string otherwise) =>
        Attributes.TryGetValue(attribute, out var value) ? value.Text ?? "" : otherwise;

    /// <summary>A list of exactly <paramref name="count"/> numbers, each within bounds; <paramref name="otherwise"/> of them where it is
    /// left out.</summary>
    public int[] Integers(string attribute, int count, int otherwise, int minimum, int maximum)
    {
        if (!Attributes.TryGetValue(attribute, out var value))
            return [.. Enumerable.Repeat(otherwise, count)];
        var numbers = value.Integers ?? [];
        if (numbers.Length != count)
            throw Error($"the attribute {attribute} has {numbers.Length} numbers, where {count} are needed");
        foreach (var number in numbers)
            if (number < minimum || number > maximum)
                throw Error($"the attribute {attribute} has the value {number}, outside [{minimum}, {maximum}]");
        return Array.ConvertAll(numbers, number => (int)number);
    }

    /// <summary>Refuses the node unless it has so many inputs and outputs, and no attribute but those named.</summary>
    public void Check(int inputs, int optionalInputs, int outputs, params ReadOnlySpan<string> attributes)
    {
        if (Inputs.Length < inputs || Inputs.Length > inputs + optionalInputs || Inputs.AsSpan(0, inputs).Contains(""))
            throw Error($"it has {Inputs.Length} inputs, where {(optionalInputs == 0
                ? $"{inputs}" : $"{inputs} to {inputs + optionalInputs}")} are needed");
        if (Outputs.Length != outputs)
            throw Error($"it has {Outputs.Length} outputs, where {outputs} are supported");
        foreach (var (name, _) in Attributes)
            if (!attributes.Contains(name))
                throw Error($"the attribute {Wording.Quoted(name)} is not supported");
    }

    public EdgeException Error(string what) => new($"{(Operator.Length == 0 ? "Nameless" : Wording.Plain(Operator))} node "
        + $"{Wording.Quoted(Title)}: {what}. Export the model without it, or run it with ONNX Runtime.");
}
