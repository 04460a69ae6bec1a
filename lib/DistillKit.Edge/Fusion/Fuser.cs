using DistillKit.Edge.Execution;
using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Fusion;

/// <summary>
/// Chooses operators for a network's layers: integer ones where the inputs and the result are on grids, float ones elsewhere, and conversions
/// in between. Each layer takes over what its only consumers do, as far as its operator can.
/// </summary>
internal sealed unsafe class Fuser
{
    /// <summary>A larger image would overflow the sum of its u8 pixels.</summary>
    private const int MostPixelsOfAverage = int.MaxValue / byte.MaxValue;

    private readonly KernelSet kernels;
    private readonly Values values;
    private readonly ConvolutionFuser convolutions;

    private Fuser(KernelSet kernels, Network network)
    {
        this.kernels = kernels;
        values = new(kernels, network);
        convolutions = new(kernels, values);
    }

    public static FusedNetwork Fuse(KernelSet kernels, Network network)
    {
        var fuser = new Fuser(kernels, network);
        foreach (var layer in network.Layers)
            if (!fuser.values.IsMade(layer))
                fuser.Fuse(layer);
        return new(fuser.values.Images, fuser.values.Floats(network.Logits.Sources[0]), fuser.values.Operators);
    }

    /// <summary>Images, flattened values and logits need no work: they are read where they lie.</summary>
    private void Fuse(Layer layer)
    {
        switch (layer)
        {
            case Rounded rounded: Fuse(rounded); break;
            case DynamicRounded rounded: convolutions.Fuse(rounded); break;
            case Convolve convolve: convolutions.Fuse(convolve); break;
            case Offset offset: convolutions.Fuse(offset); break;
            case Sum sum: Fuse(sum); break;
            case Bounded bounded: Fuse(bounded); break;
            case Greatest greatest: Fuse(greatest); break;
            case Mean mean: Fuse(mean); break;
        }
    }

    private void Fuse(Rounded layer)
    {
        var (source, grid) = (layer.Sources[0], layer.Grid);
        if (values.Bytes(source) is { } same && same.Grid == grid)
        {
            values.Alias(layer, same);
            return;
        }
        var output = new Activation(layer, Format.Byte, grid);
        var input = source is Images ? values.Images : values.Floats(source);
        values.Add(layer, layer, source is Images
            ? new ImageOperator(layer.Name, "quantize images", output, [input], (first, count) =>
                kernels.QuantizeImages(input.Floats(first), output.Bytes(first), count, layer.Shape.Channels, layer.Shape.Pixels, grid.Scale, grid.ZeroPoint))
            : new ElementwiseOperator(layer.Name, "quantize", output, [input], (first, count) =>
                kernels.Quantize(input.Floats(0) + first, output.Bytes(0) + first, count, grid.Scale, grid.ZeroPoint)));
    }

    private void Fuse(Sum layer)
    {
        var tail = Tail.Of(layer);
        if (values.Bytes(layer.Sources[0]) is { } a && values.Bytes(layer.Sources[1]) is { } b && tail.Grid is { } grid)
        {
            var output = new Activation(tail.End, Format.Byte, grid);
            var (first, second) = (a.Grid!.Value, b.Grid!.Value);
            var addition = Addition.Of((double)first.Scale / grid.Scale, first.ZeroPoint, (double)second.Scale / grid.Scale, second.ZeroPoint,
                grid.ZeroPoint, grid.Quantize(tail.Minimum), grid.Quantize(tail.Maximum));
            values.Add(layer, tail.End, new ElementwiseOperator(layer.Name, "add, int8", output, [a, b], (start, count) =>
                kernels.Add(a.Bytes(0) + start, b.Bytes(0) + start, output.Bytes(0) + start, count, addition)));
        }
        else
        {
            var (end, minimum, maximum) = (tail.Unrounded.End, tail.Minimum, tail.Maximum);
            var (x, y, output) = (values.Floats(layer.Sources[0]), values.Floats(layer.Sources[1]), new Activation(end, Format.Single));
            values.Add(layer, end, new ElementwiseOperator(layer.Name, "add, float", output, [x, y], (start, count) =>
                kernels.Add(x.Floats(0) + start, y.Floats(0) + start, output.Floats(0) + start, count, minimum, maximum)));
        }
    }

    /// <summary>Limits that lie on the grid, or whose result goes back to the grid, limit the u8 values just as well.</summary>
    private void Fuse(Bounded layer)
    {
        var (source, minimum, maximum) = (layer.Sources[0], layer.Minimum, layer.Maximum);
        if (values.Bytes(source) is { Grid: { } grid } bytes
            && ((grid.HasLimit(minimum) && grid.HasLimit(maximum)) || (layer.Consumers is [Rounded rounded] && rounded.Grid == grid)))
        {
            var output = new Activation(layer, Format.Byte, grid);
            var (least, greatest) = (grid.Quantize(minimum), grid.Quantize(maximum));
            values.Add(layer, layer, new ElementwiseOperator(layer.Name, "clamp, int8", output, [bytes], (start, count) =>
                kernels.Clamp(bytes.Bytes(0) + start, output.Bytes(0) + start, count, least, greatest)));
        }
        else
        {
            var (input, output) = (values.Floats(source), new Activation(layer, Format.Single));
            values.Add(layer, layer, new ElementwiseOperator(layer.Name, "clamp, float", output, [input], (start, count) =>
                kernels.Clamp(input.Floats(0) + start, output.Floats(0) + start, count, minimum, maximum)));
        }
    }

    private void Fuse(Greatest layer)
    {
        if (values.Bytes(layer.Sources[0]) is { } bytes)
        {
            var output = new Activation(layer, Format.Byte, bytes.Grid);
            values.Add(layer, layer, new ImageOperator(layer.Name, "max pool, int8", output, [bytes], (first, count) =>
                kernels.MaxPool(layer.Window, bytes.Bytes(first), output.Bytes(first), count)));
        }
        else
        {
            var (input, output) = (values.Floats(layer.Sources[0]), new Activation(layer, Format.Single));
            values.Add(layer, layer, new ImageOperator(layer.Name, "max pool, float", output, [input], (first, count) =>
                kernels.MaxPool(layer.Window, input.Floats(first), output.Floats(first), count)));
        }
    }

    private void Fuse(Mean layer)
    {
        var (source, tail) = (layer.Sources[0], Tail.Of(layer));
        var (pixels, channels) = (source.Shape.Pixels, source.Shape.Channels);
        if (values.Bytes(source) is { Grid: { } from } bytes && tail.Grid is { } grid && pixels <= MostPixelsOfAverage)
        {
            var output = new Activation(tail.End, Format.Byte, grid);
            var averaging = Averaging.Of((double)from.Scale / grid.Scale, pixels, from.ZeroPoint, grid.ZeroPoint, grid.Quantize(tail.Minimum), grid.Quantize(tail.Maximum));
            values.Add(layer, tail.End, new ImageOperator(layer.Name, "average pool, int8", output, [bytes], (first, count) =>
                kernels.GlobalAverage(bytes.Bytes(first), output.Bytes(first), count, pixels, channels, averaging)));
        }
        else
        {
            var (input, output) = (values.Floats(source), new Activation(layer, Format.Single));
            values.Add(layer, layer, new ImageOperator(layer.Name, "average pool, float", output, [input], (first, count) =>
                kernels.GlobalAverage(input.Floats(first), output.Floats(first), count, pixels, channels)));
        }
    }
}
