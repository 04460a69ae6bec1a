using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Fusion;

/// <summary>Reads the operators without weights.</summary>
internal static class PlainOperators
{
    public static void Relu(OnnxNode node, Scope scope) =>
        scope.Define(node, new ClipLayer(node.Title, scope.Layer(node), 0, float.PositiveInfinity));

    public static void Clip(OnnxNode node, Scope scope)
    {
        var minimum = Constants.Single(node, scope, 1, float.NegativeInfinity);
        var maximum = Constants.Single(node, scope, 2, float.PositiveInfinity);
        if (!(minimum <= maximum))
            throw node.Error($"its limits {minimum} and {maximum} are not in order");
        scope.Define(node, new ClipLayer(node.Title, scope.Layer(node), minimum, maximum));
    }

    /// <summary>The sum of two values of one shape, or of a value and a constant for each channel.</summary>
    public static void Add(OnnxNode node, Scope scope)
    {
        var (first, second) = (scope.Get(node, 0), scope.Get(node, 1));
        if (first is RealSymbol { Layer: var a } && second is RealSymbol { Layer: var b })
            scope.Define(node, a.Shape == b.Shape ? new AddLayer(node.Title, a, b)
                : throw node.Error($"its inputs have the shapes {a.Shape} and {b.Shape}, which differ"));
        else
            AddConstant(node, scope, first is RealSymbol ? 0 : 1);
    }

    public static void MaxPool(OnnxNode node, Scope scope)
    {
        var source = scope.ImageLayer(node);
        var window = Windows.Pool(node, source.Shape);
        scope.Define(node, new MaxPoolLayer(node.Title, source, Windows.Result(node, window), window));
    }

    public static void GlobalAveragePool(OnnxNode node, Scope scope) =>
        scope.Define(node, new GlobalAveragePoolLayer(node.Title, scope.ImageLayer(node)));

    public static void Flatten(OnnxNode node, Scope scope)
    {
        if (node.Integer("axis", 1) != 1)
            throw node.Error("only axis 1 is supported");
        scope.Define(node, new FlattenLayer(node.Title, scope.Layer(node)));
    }

    public static void Identity(OnnxNode node, Scope scope) => scope.Define(node.Outputs[0], scope.Get(node, 0));

    private static void AddConstant(OnnxNode node, Scope scope, int input)
    {
        var source = scope.Layer(node, input);
        if (source.Shape is { IsFlat: true, Pixels: > 1 })
            throw node.Error("adding a constant to a flattened image is not supported");
        var constant = scope.Constant(node, 1 - input);
        var values = Constants.ForEachChannel(constant, source.Shape.Channels, source.Shape.IsFlat);
        scope.Define(node, new AddConstantLayer(node.Title, source, Array.ConvertAll(values, value => (float)value)));
    }
}
