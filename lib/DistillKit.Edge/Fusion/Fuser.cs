using DistillKit.Edge.Execution;
using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Fusion;

/// <summary>
/// Chooses operators for a network's layers: integer ones where the inputs and the result are on grids, float ones elsewhere, and
/// conversions in between. Each layer takes over what its only consumers do, as far as its operator can.
/// </summary>
internal sealed unsafe class Fuser
{
    /// <summary>A larger image would overflow the sum of its u8 pixels.</summary>
    private const int MostPixelsOfAverage = int.MaxValue / byte.MaxValue;

    private readonly KernelSet kernels;
    private readonly FusedValues values;
    private readonly ConvolutionFuser convolutions;

    private Fuser(KernelSet kernels, Network network)
    {
        this.kernels = kernels;
        values = new(kernels, network);
        convolutions = new(kernels, values);
    }

    public static ExecutableNetwork Fuse(KernelSet kernels, Network network)
    {
        var fuser = new Fuser(kernels, network);
        foreach (var layer in network.Layers)
            if (!fuser.values.IsMade(layer))
                fuser.Fuse(layer);
        return new(fuser.values.Images, fuser.values.Floats(network.Output.Sources[0]), fuser.values.Operators);
    }

    private void Fuse(Layer layer)
    {
        switch (layer)
        {
            case InputLayer or FlattenLayer or OutputLayer: break; // read where they lie
            case QuantizeLinearLayer quantize: Fuse(quantize); break;
            case DynamicQuantizeLinearLayer quantize: convolutions.Fuse(quantize); break;
            case ConvLayer conv: convolutions.Fuse(conv); break;
            case AddConstantLayer add: convolutions.Fuse(add); break;
            case AddLayer add: Fuse(add); break;
            case ClipLayer clip: Fuse(clip); break;
            case MaxPoolLayer pool: Fuse(pool); break;
            case GlobalAveragePoolLayer pool: Fuse(pool); break;
            default: throw new UnreachableException($"no operator is known for a {layer.GetType().Name}");
        }
    }

    private void Fuse(QuantizeLinearLayer layer)
    {
        var (source, grid) = (layer.Sources[0], layer.Grid);
        if (values.Bytes(source) is { } same && same.Grid == grid)
        {
            values.Alias(layer, same);
            return;
        }
        var output = FusedValues.Buffer(layer, ElementFormat.Byte, grid);
        var input = source is InputLayer ? values.Images : values.Floats(source);
        values.Add(layer, layer, source is InputLayer
            ? new ImageOperator(layer.Name, "quantize images", output, [input], (first, count) =>
                kernels.QuantizeImages(input.Floats(first), output.Bytes(first), count, layer.Shape.Channels, layer.Shape.Pixels, grid))
            : new ElementwiseOperator(layer.Name, "quantize", output, [input], (first, count) =>
                kernels.QuantizeLinear(input.Floats(0) + first, output.Bytes(0) + first, count, grid)));
    }

    private void Fuse(AddLayer layer)
    {
        var tail = Tail.Of(layer);
        if (values.Bytes(layer.Sources[0]) is { Grid: { } first } a && values.Bytes(layer.Sources[1]) is { Grid: { } second } b
            && tail.Grid is { } grid)
        {
            var output = FusedValues.Buffer(tail.End, ElementFormat.Byte, grid);
            var add = QuantizedAdd.Of(first, second, grid, grid.Quantize(tail.Minimum), grid.Quantize(tail.Maximum));
            values.Add(layer, tail.End, new ElementwiseOperator(layer.Name, "add, int8", output, [a, b], (start, count) =>
                kernels.Add(a.Bytes(0) + start, b.Bytes(0) + start, output.Bytes(0) + start, count, add)));
        }
        else
        {
            var (end, minimum, maximum) = (tail.Unrounded.End, tail.Minimum, tail.Maximum);
            var (x, y) = (values.Floats(layer.Sources[0]), values.Floats(layer.Sources[1]));
            var output = FusedValues.Buffer(end, ElementFormat.Single);
            values.Add(layer, end, new ElementwiseOperator(layer.Name, "add, float", output, [x, y], (start, count) =>
                kernels.Add(x.Floats(0) + start, y.Floats(0) + start, output.Floats(0) + start, count, minimum, maximum)));
        }
    }

    /// <summary>Limits that lie on the grid, or whose result goes back to the grid, limit the u8 values just as well.</summary>
    private void Fuse(ClipLayer layer)
    {
        var (source, minimum, maximum) = (layer.Sources[0], layer.Minimum, layer.Maximum);
        if (values.Bytes(source) is { Grid: { } grid } bytes && ((grid.HasLimit(minimum) && grid.HasLimit(maximum))
            || (layer.Consumers is [QuantizeLinearLayer quantize] && quantize.Grid == grid)))
        {
            var output = FusedValues.Buffer(layer, ElementFormat.Byte, grid);
            var (least, greatest) = (grid.Quantize(minimum), grid.Quantize(maximum));
            values.Add(layer, layer, new ElementwiseOperator(layer.Name, "clamp, int8", output, [bytes], (start, count) =>
                kernels.Clip(bytes.Bytes(0) + start, output.Bytes(0) + start, count, least, greatest)));
        }
        else
        {
            var (input, output) = (values.Floats(source), FusedValues.Buffer(layer, ElementFormat.Single));
            values.Add(layer, layer, new ElementwiseOperator(layer.Name, "clamp, float", output, [input], (start, count) =>
                kernels.Clip(input.Floats(0) + start, output.Floats(0) + start, count, minimum, maximum)));
        }
    }

    private void Fuse(MaxPoolLayer layer)
    {
        if (values.Bytes(layer.Sources[0]) is { } bytes)
        {
            var output = FusedValues.Buffer(layer, ElementFormat.Byte, bytes.Grid);
            values.Add(layer, layer, new ImageOperator(layer.Name, "max pool, int8", output, [bytes], (first, count) =>
                kernels.MaxPool(layer.Window, bytes.Bytes(first), output.Bytes(first), count)));
        }
        else
        {
            var (input, output) = (values.Floats(layer.Sources[0]), FusedValues.Buffer(layer, ElementFormat.Single));
            values.Add(layer, layer, new ImageOperator(layer.Name, "max pool, float", output, [input], (first, count) =>
                kernels.MaxPool(layer.Window, input.Floats(first), output.Floats(first), count)));
        }
    }

    private void Fuse(GlobalAveragePoolLayer layer)
    {
        var (source, tail) = (layer.Sources[0], Tail.Of(layer));
        var (pixels, channels) = (source.Shape.Pixels, source.Shape.Channels);
        if (values.Bytes(source) is { Grid: { } from } bytes && tail.Grid is { } grid && pixels <= MostPixelsOfAverage)
        {
            var output = FusedValues.Buffer(tail.End, ElementFormat.Byte, grid);
            var average = QuantizedAverage.Of(from, pixels, grid, grid.Quantize(tail.Minimum), grid.Quantize(tail.Maximum));
            values.Add(layer, tail.End, new ImageOperator(layer.Name, "average pool, int8", output, [bytes], (first, count) =>
                kernels.GlobalAveragePool(bytes.Bytes(first), output.Bytes(first), count, pixels, channels, average)));
        }
        else
        {
            var (input, output) = (values.Floats(source), FusedValues.Buffer(layer, ElementFormat.Single));
            values.Add(layer, layer, new ImageOperator(layer.Name, "average pool, float", output, [input], (first, count) =>
                kernels.GlobalAveragePool(input.Floats(first), output.Floats(first), count, pixels, channels)));
        }
    }
}
