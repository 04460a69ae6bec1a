namespace DistillKit.Edge.Fusion;

/// <summary>Chooses operators for a network's layers: integer ones where the inputs and the result are on grids, float ones elsewhere, and
/// conversions in between. Each layer takes over what its only consumers do, as far as its operator can.</summary>
internal sealed unsafe class Fuser
{
    /// <summary>A larger image would overflow the sum of its u8 pixels.</summary>
    private const int MostPixelsOfAverage = int.MaxValue / byte.MaxValue;

    /// <summary>By how much of its step rounding a bias to the grid of the products may change a result: with weights of 8 bits it is less
    /// than a hundredth, with 2 to 4 bits it can be whole steps.</summary>
    internal const double MostBiasError = 1.0 / 32;

    private readonly FusedValues values;
    private readonly ConvolutionFuser convolutions;

    private Fuser(KernelSet kernels, Network network, double mostBiasError)
    {
        values = new(network);
        convolutions = new(kernels, values, mostBiasError);
    }

    /// <param name="mostBiasError">A bias whose rounding would change more stays float.</param>
    public static ExecutableNetwork Fuse(KernelSet kernels, Network network, double mostBiasError = MostBiasError)
    {
        var fuser = new Fuser(kernels, network, mostBiasError);
        foreach (var layer in network.Layers)
            if (!fuser.values.IsMade(layer))
                fuser.Fuse(layer);
        return new(fuser.values.Images, fuser.values.Floats(network.Output.Source), fuser.values.Operators);
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
        var (source, grid) = (layer.Source, layer.Grid);
        if (values.Bytes(source) is { } same && same.Grid == grid)
        {
            values.Alias(layer, same);
            return;
        }
        if (source is InputLayer)
            values.Add(layer, layer, "quantize images", grid, false, [values.Images], (output, first, count) => Elementwise.QuantizeImages(
                values.Images.Floats(first), output.Bytes(first), count, layer.Shape.Channels, layer.Shape.Pixels, grid));
        else
        {
            var input = values.Floats(source);
            values.Add(layer, layer, "quantize", grid, true, [input], (output, first, count) =>
                Elementwise.QuantizeLinear(input.Floats(0) + first, output.Bytes(0) + first, count, grid));
        }
    }

    private void Fuse(AddLayer layer)
    {
        var tail = Tail.Of(layer);
        if (values.Bytes(layer.Sources[0]) is { Grid: { } first } a && values.Bytes(layer.Sources[1]) is { Grid: { } second } b
            && tail.Grid is { } grid && QuantizedAdd.IsPrecise(first, second, grid))
        {
            var add = QuantizedAdd.Of(first, second, grid, grid.Quantize(tail.Minimum), grid.Quantize(tail.Maximum));
            values.Add(layer, tail.End, "add, int8", grid, true, [a, b], (output, start, count) =>
                Elementwise.Add(a.Bytes(0) + start, b.Bytes(0) + start, output.Bytes(0) + start, count, add));
        }
        else
        {
            var (x, y) = (values.Floats(layer.Sources[0]), values.Floats(layer.Sources[1]));
            values.Add(layer, tail.Unrounded.End, "add, float", null, true, [x, y], (output, start, count) => Elementwise.Add(
                x.Floats(0) + start, y.Floats(0) + start, output.Floats(0) + start, count, tail.Minimum, tail.Maximum));
        }
    }

    /// <summary>Limits that lie on the grid, or whose result goes back to the grid, limit the u8 values just as well.</summary>
    private void Fuse(ClipLayer layer)
    {
        if (values.Bytes(layer.Source) is { Grid: { } grid } bytes && (grid.HasLimits(layer.Minimum, layer.Maximum)
            || (layer.Consumers is [QuantizeLinearLayer quantize] && quantize.Grid == grid)))
        {
            var (least, greatest) = (grid.Quantize(layer.Minimum), grid.Quantize(layer.Maximum));
            values.Add(layer, layer, "clamp, int8", grid, true, [bytes], (output, start, count) =>
                Elementwise.Clip(bytes.Bytes(0) + start, output.Bytes(0) + start, count, least, greatest));
        }
        else
        {
            var input = values.Floats(layer.Source);
            values.Add(layer, layer, "clamp, float", null, true, [input], (output, start, count) =>
                Elementwise.Clip(input.Floats(0) + start, output.Floats(0) + start, count, layer.Minimum, layer.Maximum));
        }
    }

    private void Fuse(MaxPoolLayer layer)
    {
        if (values.Bytes(layer.Source) is { } bytes)
            values.Add(layer, layer, "max pool, int8", bytes.Grid, false, [bytes], (output, first, count) =>
                Pooling.MaxPool(layer.Window, bytes.Bytes(first), output.Bytes(first), count));
        else
        {
            var input = values.Floats(layer.Source);
            values.Add(layer, layer, "max pool, float", null, false, [input], (output, first, count) =>
                Pooling.MaxPool(layer.Window, input.Floats(first), output.Floats(first), count));
        }
    }

    private void Fuse(GlobalAveragePoolLayer layer)
    {
        var (tail, pixels, channels) = (Tail.Of(layer), layer.Source.Shape.Pixels, layer.Shape.Channels);
        if (values.Bytes(layer.Source) is { Grid: { } from } bytes && tail.Grid is { } grid && pixels <= MostPixelsOfAverage)
        {
            var average = QuantizedAverage.Of(from, pixels, grid, grid.Quantize(tail.Minimum), grid.Quantize(tail.Maximum));
            values.Add(layer, tail.End, "average pool, int8", grid, false, [bytes], (output, first, count) =>
                Pooling.GlobalAveragePool(bytes.Bytes(first), output.Bytes(first), count, pixels, channels, average));
        }
        else
        {
            var input = values.Floats(layer.Source);
            values.Add(layer, layer, "average pool, float", null, false, [input], (output, first, count) =>
                Pooling.GlobalAveragePool(input.Floats(first), output.Floats(first), count, pixels, channels));
        }
    }
}
