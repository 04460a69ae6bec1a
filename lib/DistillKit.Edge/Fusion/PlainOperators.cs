namespace DistillKit.Edge.Fusion;

/// <summary>Reads the operators without weights.</summary>
internal static class PlainOperators
{
    public static void Relu(OnnxNode node, Scope scope) =>
        scope.Define(node, new ClipLayer(node.Title, scope.Layer(node), 0, float.PositiveInfinity));

    public static void Clip(OnnxNode node, Scope scope)
    {
        var source = scope.Layer(node);
        var minimum = Constants.Single(node, scope, 1, float.NegativeInfinity);
        var maximum = Constants.Single(node, scope, 2, float.PositiveInfinity);
        if (!(minimum <= maximum))
            throw node.Error($"its limits {minimum} and {maximum} are not in order");
        scope.Define(node, new ClipLayer(node.Title, source, minimum, maximum));
    }

    /// <summary>With a number: the lower limit of a Clip.</summary>
    public static void Max(OnnxNode node, Scope scope)
    {
        var (source, limit) = LayerAndNumber(node, scope);
        scope.Define(node, new ClipLayer(node.Title, source, limit, float.PositiveInfinity));
    }

    /// <summary>With a number: the upper limit of a Clip.</summary>
    public static void Min(OnnxNode node, Scope scope)
    {
        var (source, limit) = LayerAndNumber(node, scope);
        scope.Define(node, new ClipLayer(node.Title, source, float.NegativeInfinity, limit));
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

    /// <summary>Of a whole image.</summary>
    public static void AveragePool(OnnxNode node, Scope scope)
    {
        var window = Windows.Pool(node, scope.ImageLayer(node).Shape);
        if (window is not { PadTop: 0, PadLeft: 0, OutputPixels: 1 } || window.Height != window.KernelHeight
            || window.Width != window.KernelWidth)
            throw node.Error("only a window that covers the whole image, without padding, is supported");
        GlobalAveragePool(node, scope);
    }

    /// <summary>Over height and width, which may become one each or vanish.</summary>
    public static void ReduceMean(OnnxNode node, Scope scope)
    {
        long[] axes = node.Attributes.TryGetValue("axes", out var attribute) ? attribute.Integers ?? []
            : scope.OptionalTensor(node, 1) is { } tensor ? [.. Enumerable.Range(0, tensor.Count).Select(tensor.IntegerAt)] : [];
        if (!axes.Select(axis => axis < 0 ? axis + 4 : axis).Order().SequenceEqual([2, 3]))
            throw node.Error("only the mean over height and width (axes 2 and 3) is supported");
        var mean = scope.Add(new GlobalAveragePoolLayer(node.Title, scope.ImageLayer(node)));
        scope.Define(node.Outputs[0], new RealSymbol(
            node.Integer("keepdims", 1) != 0 ? mean : scope.Add(new FlattenLayer(node.Title, mean))));
    }

    /// <summary>Of a constant; or of a value of each image to [batch, values].</summary>
    public static void Reshape(OnnxNode node, Scope scope)
    {
        var target = scope.Tensor(node, 1);
        long[] shape = [.. Enumerable.Range(0, target.Count).Select(target.IntegerAt)];
        if (scope.Get(node, 0) is ConstantSymbol { Scales: null, Tensor: var tensor })
        {
            var rest = tensor.Count / Math.Max(1, shape.Where(extent => extent > 0).Aggregate(1L, (product, extent) => product * extent));
            int[] extents = [.. shape.Select(extent => (int)Math.Clamp(extent == -1 ? rest : extent, 0, int.MaxValue))];
            if (extents.Aggregate(1.0, (product, extent) => product * extent) != tensor.Count)
                throw node.Error($"a constant of shape {Wording.Of(tensor.Shape)} does not become {Wording.Of(extents)}");
            scope.Define(node.Outputs[0], new ConstantSymbol(tensor with { Shape = extents }));
        }
        else if (shape is [0 or -1 or 1, var values] && (shape[0] != 0 || node.Integer("allowzero", 0) == 0)
            && (values == scope.Layer(node).Shape.Elements || (values == -1 && shape[0] != -1)))
            Flat(node, scope);
        else
            throw node.Error("only a shape of [batch, values] is supported");
    }

    public static void Constant(OnnxNode node, Scope scope) => scope.Define(node.Outputs[0], new ConstantSymbol(
        node.Attributes.GetValueOrDefault("value").Tensor ?? throw node.Error("it has no tensor as its value")));

    public static void Flatten(OnnxNode node, Scope scope)
    {
        if (node.Integer("axis", 1) != 1)
            throw node.Error("only axis 1 is supported");
        Flat(node, scope);
    }

    public static void Identity(OnnxNode node, Scope scope) => scope.Define(node.Outputs[0], scope.Get(node, 0));

    private static void Flat(OnnxNode node, Scope scope)
    {
        if (scope.Layer(node) is { Shape.IsFlat: true } flat)
            scope.Define(node.Outputs[0], new RealSymbol(flat));
        else
            scope.Define(node, new FlattenLayer(node.Title, scope.Layer(node)));
    }

    private static (Layer Source, float Number) LayerAndNumber(OnnxNode node, Scope scope)
    {
        var first = scope.Get(node, 0) is RealSymbol ? 0 : 1;
        return (scope.Layer(node, first), Constants.Single(node, scope, 1 - first, 0));
    }

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
