using System.Runtime.InteropServices;
using DistillKit.Edge.Execution;
using DistillKit.Edge.Kernels;
using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Fusion;

/// <summary>Chooses the operators of convolutions and linear layers, and packs their weights.</summary>
internal sealed unsafe class ConvolutionFuser(KernelSet kernels, Values values)
{
    private readonly Dictionary<Layer, DynamicGrids> dynamicGrids = [];

    public void Fuse(Convolve layer)
    {
        var tail = Tail.Of(layer, canOffset: true);
        var bias = WithOffset(layer.Bias, tail.Offset);
        if (dynamicGrids.TryGetValue(layer.Sources[0], out var grids))
            FuseDynamic(layer, tail.Unrounded, bias, grids);
        else if (values.Bytes(layer.Sources[0]) is not { Grid: { } grid } input || layer.Weights.Scales is null || !FitsAccumulator(layer, grid, new int[bias.Length]))
            FuseFloat(layer, layer.Geometry, layer.Weights, bias, tail.Unrounded);
        else if (tail.Grid is { } outputGrid && IntegerBias(layer, grid, bias) is { } integers)
            FuseInteger(layer, tail.End, input, integers, Epilogue(layer, grid, tail, outputGrid), new(tail.End, Format.Byte, outputGrid));
        else
            FuseInteger(layer, tail.Unrounded.End, input, [], Epilogue(layer, tail, bias), new(tail.Unrounded.End, Format.Single));
    }

    /// <summary>An offset that no operator took over: a convolution of each channel with the number 1.</summary>
    public void Fuse(Offset layer)
    {
        var (shape, tail) = (layer.Shape, Tail.Of(layer));
        var ones = new float[shape.Channels];
        Array.Fill(ones, 1);
        var geometry = ConvolutionGeometry.Pool(shape.Height, shape.Width, shape.Channels, 1, 1, 1, 0, 0, 0, 0);
        FuseFloat(layer, geometry, new(MemoryMarshal.AsBytes<float>(ones).ToArray()), Array.ConvertAll(layer.Values, value => (double)value), tail.Unrounded);
    }

    public void Fuse(DynamicRounded layer)
    {
        var (input, output, grids) = (values.Floats(layer.Sources[0]), new Activation(layer, Format.Byte), new DynamicGrids());
        dynamicGrids.Add(layer, grids);
        values.Add(layer, layer, new ImageOperator(layer.Name, "quantize, dynamic", output, [input], (first, count) =>
        {
            for (var image = first; image < first + count; image++)
                grids.Quantize(kernels, input, output, image);
        }));
    }

    private void FuseDynamic(Convolve layer, Tail tail, double[] bias, DynamicGrids grids)
    {
        if (!FitsAccumulator(layer, new(1, 0), new int[bias.Length]))
            throw new EdgeException($"The sums of the layer {Wording.Quoted(layer.Name)} can overflow 32 bits. Give it fewer inputs, or keep it in float.");
        var convolution = kernels.Prepare(layer.Geometry, layer.Weights.Integers, [], Epilogue(layer, tail, bias));
        var (input, output) = (values.DynamicBytes(layer.Sources[0]), new Activation(tail.End, Format.Single));
        values.Add(layer, tail.End, new DynamicConvolutionOperator(layer.Name, Kind(layer.Geometry, layer.Shape, "dynamic int8"), convolution, grids, input, output));
    }

    private void FuseInteger(Convolve layer, Layer end, Activation input, int[] bias, Epilogue epilogue, Activation output)
    {
        var convolution = kernels.Prepare(layer.Geometry, layer.Weights.Integers, bias, epilogue);
        convolution.Bind(input.Grid!.Value.ZeroPoint, input.Grid.Value.Scale);
        values.Add(layer, end, new ConvolutionOperator(layer.Name, Kind(layer.Geometry, layer.Shape, "int8"), convolution, input, output));
    }

    private void FuseFloat(Layer layer, ConvolutionGeometry geometry, Weights weights, double[] bias, Tail tail)
    {
        var convolution = kernels.Prepare(geometry, weights.Floats, Array.ConvertAll(bias, value => (float)value), tail.Minimum, tail.Maximum);
        var (input, output) = (values.Floats(layer.Sources[0]), new Activation(tail.End, Format.Single));
        values.Add(layer, tail.End, new ConvolutionOperator(layer.Name, Kind(geometry, layer.Shape, "float"), convolution, input, output));
    }

    private static Requantize Epilogue(Convolve layer, Grid input, Tail tail, Grid output) => Requantize.Of(
        Array.ConvertAll(layer.Weights.Scales!, scale => (double)input.Scale * scale / output.Scale),
        output.ZeroPoint, output.Quantize(tail.Minimum), output.Quantize(tail.Maximum));

    private static Dequantize Epilogue(Convolve layer, Tail tail, double[] bias) =>
        new(layer.Weights.Scales!, Array.ConvertAll(bias, value => (float)value), tail.Minimum, tail.Maximum);

    /// <summary>The biases in units of the accumulators; null where one does not fit.</summary>
    private static int[]? IntegerBias(Convolve layer, Grid input, double[] bias)
    {
        var integers = new int[bias.Length];
        for (var i = 0; i < bias.Length; i++)
        {
            var units = Math.Round(bias[i] / ((double)input.Scale * layer.Weights.Scales![i]));
            if (!(Math.Abs(units) < int.MaxValue))
                return null;
            integers[i] = (int)units;
        }
        return FitsAccumulator(layer, input, integers) ? integers : null;
    }

    /// <summary>Whether no input can overflow the 32-bit accumulators.</summary>
    private static bool FitsAccumulator(Convolve layer, Grid input, int[] bias)
    {
        var (magnitudes, reach) = (layer.Weights.Magnitudes(), Math.Max(input.ZeroPoint, byte.MaxValue - input.ZeroPoint));
        for (var i = 0; i < magnitudes.Length; i++)
            if (magnitudes[i] * reach + Math.Abs((long)bias[i]) > int.MaxValue)
                return false;
        return true;
    }

    private static double[] WithOffset(double[] bias, float[]? offset)
    {
        if (offset is null)
            return bias;
        var sum = new double[bias.Length];
        for (var i = 0; i < sum.Length; i++)
            sum[i] = bias[i] + offset[i];
        return sum;
    }

    private static string Kind(ConvolutionGeometry geometry, Shape result, string numbers)
    {
        var kernel = $"{geometry.KernelHeight}x{geometry.KernelWidth}{(geometry.Stride > 1 ? $"/{geometry.Stride}" : "")}";
        return result.IsFlat ? $"linear, {numbers}" : $"{(geometry.IsDepthwise ? "depthwise" : "convolution")} {kernel}, {numbers}";
    }
}
