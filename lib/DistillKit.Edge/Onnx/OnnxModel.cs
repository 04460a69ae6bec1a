namespace DistillKit.Edge.Onnx;

/// <summary>An input or output of the graph.</summary>
/// <param name="Shape">The dimensions, -1 for one that has only a name; null where the file gives none.</param>
internal sealed record OnnxValue(string Name, ElementType Type, int[]? Shape);

/// <summary>A model file in memory: tensors are checked, nodes are as in the file, names are not yet resolved.</summary>
internal sealed record OnnxModel(
    IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, OnnxTensor> Initializers, IReadOnlyList<OnnxValue> Inputs, IReadOnlyList<OnnxValue> Outputs,
    IReadOnlyDictionary<string, string> Metadata);
