namespace DistillKit.Edge.Fusion;

/// <summary>Chooses the operators of convolutions and linear layers, and packs their weights.</summary>
internal sealed unsafe class ConvolutionFuser(KernelSet kernels, FusedValues values, double mostBiasError)
{
    private readonly Dictionary<Layer, DynamicGrids> dynamicGrids = [];

    public void Fuse(ConvLayer layer)
    {
        var (source, tail) = (layer.Source, Tail.Of(layer, canAddConstant: true));
        double[] bias = tail.Constant is { } constant ? [.. layer.Bias.Zip(constant, (value, added) => value + added)] : layer.Bias;
        if (dynamicGrids.TryGetValue(source, out var grids))
            FuseDynamic(layer, tail.Unrounded, bias, grids);
        else if (values.Bytes(source) is not { Grid: { } grid } input || layer.Weights.Scales is null
            || !FitsAccumulator(layer, grid, new int[bias.Length]))
            FuseFloat(layer, layer.Geometry, layer.Weights, bias, tail.Unrounded);
        else if (tail.Grid is { } outputGrid && IntegerBias(layer, grid, outputGrid, bias) is { } integers)
            FuseInteger(layer, tail.End, input, integers, Requantize(layer, grid, tail, outputGrid), outputGrid);
        else
            FuseInteger(layer, tail.Unrounded.End, input, [], Dequantize(layer, tail, bias), null);
    }

    /// <summary>A constant that no operator took over: a convolution of each channel with the number 1.</summary>
    public void Fuse(AddConstantLayer layer)
    {
        var shape = layer.Shape;
        float[] ones = [.. Enumerable.Repeat(1f, shape.Channels)];
        var geometry = ConvolutionGeometry.Pool(shape.Height, shape.Width, shape.Channels, 1, 1, 1, 0, 0, 0, 0);
        var bias = Array.ConvertAll(layer.Values, value => (double)value);
        FuseFloat(layer, geometry, new(MemoryMarshal.AsBytes<float>(ones).ToArray()), bias, Tail.Of(layer).Unrounded);
    }

    public void Fuse(DynamicQuantizeLinearLayer layer)
    {
        var (input, grids) = (values.Floats(layer.Source), new DynamicGrids());
        dynamicGrids.Add(layer, grids);
        var output = FusedValues.Buffer(layer, ElementFormat.Byte);
        values.Add(layer, layer, new PlainOperator(layer.Name, "quantize, dynamic", output, [input], isElementwise: false, (first, count) =>
        {
            for (var image = first; image < first + count; image++)
                grids.Quantize(input, output, image);
        }));
    }

    /// <summary>A layer that quantizes its input at run time has a float result.</summary>
    private void FuseDynamic(ConvLayer layer, Tail tail, double[] bias, DynamicGrids grids)
    {
        if (!FitsAccumulator(layer, new(1, 0), new int[bias.Length]))
            throw new EdgeException($"The sums of the layer {Wording.Quoted(layer.Name)} can overflow 32 bits. "
                + "Give it fewer inputs, or keep it in float.");
        FuseInteger(layer, tail.End, values.DynamicBytes(layer.Source), [], Dequantize(layer, tail, bias), null, grids);
    }

    /// <param name="outputGrid">Null where the result is float.</param>
    private void FuseInteger(ConvLayer layer, Layer end, ActivationBuffer input, int[] bias, Epilogue epilogue,
        QuantizationGrid? outputGrid, DynamicGrids? grids = null)
    {
        var convolution = kernels.Prepare(layer.Geometry, layer.Weights.Integers, bias, epilogue);
        if (input.Grid is { } grid)
            convolution.Bind(grid);
        var output = FusedValues.Buffer(end, outputGrid is null ? ElementFormat.Single : ElementFormat.Byte, outputGrid);
        var kind = Kind(layer.Geometry, layer.Shape, grids is null ? "int8" : "dynamic int8");
        values.Add(layer, end, new ConvolutionOperator(layer.Name, kind, convolution, input, output, grids));
    }

    private void FuseFloat(Layer layer, ConvolutionGeometry geometry, LayerWeights weights, double[] bias, Tail tail)
    {
        float[] biases = Array.ConvertAll(bias, value => (float)value);
        var convolution = FloatConvolution.Prepare(geometry, weights.Floats, biases, tail.Minimum, tail.Maximum);
        var (input, output) = (values.Floats(layer.Source), FusedValues.Buffer(tail.End, ElementFormat.Single));
        values.Add(layer, tail.End, new ConvolutionOperator(layer.Name, Kind(geometry, layer.Shape, "float"), convolution, input, output));
    }

    private static Requantize Requantize(ConvLayer layer, QuantizationGrid input, Tail tail, QuantizationGrid output) =>
        Kernels.Requantize.Of(layer.Weights.Scales!.Select(scale => (double)input.Scale * scale / output.Scale),
            output.ZeroPoint, output.Quantize(tail.Minimum), output.Quantize(tail.Maximum));

    private static Dequantize Dequantize(ConvLayer layer, Tail tail, double[] bias) =>
        new(layer.Weights.Scales!, Array.ConvertAll(bias, value => (float)value), tail.Minimum, tail.Maximum);

    /// <summary>The biases in units of the accumulators; null where one does not fit, or loses too much by rounding.</summary>
    private int[]? IntegerBias(ConvLayer layer, QuantizationGrid input, QuantizationGrid output, double[] bias)
    {
        var integers = new int[bias.Length];
        for (var i = 0; i < bias.Length; i++)
        {
            var unit = (double)input.Scale * layer.Weights.Scales![i];
            var units = Math.Round(bias[i] / unit);
            if (!(Math.Abs(units) < int.MaxValue && Math.Abs(bias[i] - units * unit) <= mostBiasError * output.Scale))
                return null;
            integers[i] = (int)units;
        }
        return FitsAccumulator(layer, input, integers) ? integers : null;
    }

    /// <summary>Whether no input can overflow the 32-bit accumulators.</summary>
    private static bool FitsAccumulator(ConvLayer layer, QuantizationGrid input, int[] bias)
    {
        var (magnitudes, reach) = (layer.Weights.Magnitudes(), Math.Max(input.ZeroPoint, byte.MaxValue - input.ZeroPoint));
        for (var i = 0; i < magnitudes.Length; i++)
            if (magnitudes[i] * reach + Math.Abs((long)bias[i]) > int.MaxValue)
                return false;
        return true;
    }

    private static string Kind(ConvolutionGeometry geometry, ValueShape result, string numbers)
    {
        var kernel = $"{geometry.KernelHeight}x{geometry.KernelWidth}{(geometry.Stride > 1 ? $"/{geometry.Stride}" : "")}";
        return result.IsFlat ? $"linear, {numbers}" : $"{(geometry.IsDepthwise ? "depthwise" : "convolution")} {kernel}, {numbers}";
    }
}
