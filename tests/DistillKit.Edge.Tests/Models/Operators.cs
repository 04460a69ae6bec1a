namespace DistillKit.Edge.Tests.Models;

/// <summary>The operators of the interpreter, in NCHW.</summary>
internal static class Operators
{
    public static Array4 Map(Array4 input, Func<double, double> function) =>
        input with { Data = Array.ConvertAll(input.Data, value => function(value)) };

    public static Array4 Add(Array4 first, Array4 second) => Broadcast(first, second, (a, b) => a + b);

    public static Array4 Multiply(Array4 first, Array4 second) => Broadcast(first, second, (a, b) => a * b);

    public static Array4 MatMul(Array4 left, Array4 right)
    {
        var (rows, depth, columns) = (left.Shape[0], right.Shape[0], right.Shape[1]);
        var result = new double[rows * columns];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                for (var i = 0; i < depth; i++)
                    result[row * columns + column] += left.Data[row * depth + i] * right.Data[i * columns + column];
        return new(result, [rows, columns]);
    }

    public static Array4 Transposed(Array4 matrix)
    {
        var (rows, columns) = (matrix.Shape[0], matrix.Shape[1]);
        return new([.. Enumerable.Range(0, matrix.Data.Length).Select(i => matrix.Data[i % rows * columns + i / rows])], [columns, rows]);
    }

    public static Array4 Dequantize(Array4 input, Array4 scales, Array4 zeroPoints, int axis)
    {
        var stride = input.Shape.Skip(axis + 1).Aggregate(1, (product, extent) => product * extent);
        int Channel(int index) => scales.Data.Length == 1 ? 0 : index / stride % scales.Data.Length;
        return input with { Data = [.. input.Data.Select((value, i) => (value - zeroPoints.Data[Channel(i)]) * scales.Data[Channel(i)])] };
    }

    public static Array4 Average(Array4 input)
    {
        var pixels = input.Shape[2] * input.Shape[3];
        return new([.. input.Data.Chunk(pixels).Select(channel => channel.Average())], [input.Shape[0], input.Shape[1], 1, 1]);
    }

    public static Array4 MaxPool(Array4 input, int[] kernel, int[] pads, int stride) =>
        Windows(input, input.Shape[1], kernel[0], kernel[1], pads, stride, (window, _) => window(0, input.Shape[1]).Max(item => item.Value),
            channelwise: true);

    public static Array4 Convolution(Array4 input, Array4 weights, Array4? bias, int[] pads, int stride, int groups)
    {
        var (outputs, groupInputs) = (weights.Shape[0], weights.Shape[1]);
        var kernel = weights.Shape[2] * weights.Shape[3];
        return Windows(input, outputs, weights.Shape[2], weights.Shape[3], pads, stride, (window, output) =>
        {
            var sum = bias?.Data[output] ?? 0;
            foreach (var (channel, offset, value) in window(output / (outputs / groups) * groupInputs, groupInputs))
                sum += value * weights.Data[(output * groupInputs + channel) * kernel + offset];
            return sum;
        });
    }

    private delegate IEnumerable<(int Channel, int Offset, double Value)> Window(int firstChannel, int channels);

    /// <summary>Computes each output from the values under its window that are not padding.</summary>
    private static Array4 Windows(
        Array4 input, int outputs, int kernelHeight, int kernelWidth, int[] pads, int stride, Func<Window, int, double> compute,
        bool channelwise = false)
    {
        var (images, channels, height, width) = (input.Shape[0], input.Shape[1], input.Shape[2], input.Shape[3]);
        var (outputHeight, outputWidth) =
            ((height + pads[0] + pads[2] - kernelHeight) / stride + 1, (width + pads[1] + pads[3] - kernelWidth) / stride + 1);
        var result = new double[images * outputs * outputHeight * outputWidth];
        Parallel.For(0, images * outputs, plane =>
        {
            var (image, output) = (plane / outputs, plane % outputs);
            for (var y = 0; y < outputHeight; y++)
                for (var x = 0; x < outputWidth; x++)
                {
                    var (top, left) = (y * stride - pads[0], x * stride - pads[1]);
                    result[(plane * outputHeight + y) * outputWidth + x] =
                        compute((first, count) => Values(image, channelwise ? output : first, channelwise ? 1 : count, top, left), output);
                }
        });
        return new(result, [images, outputs, outputHeight, outputWidth]);

        IEnumerable<(int, int, double)> Values(int image, int first, int count, int top, int left)
        {
            for (var channel = 0; channel < count; channel++)
                for (var row = Math.Max(0, -top); row < kernelHeight && top + row < height; row++)
                    for (var column = Math.Max(0, -left); column < kernelWidth && left + column < width; column++)
                        yield return (channel, row * kernelWidth + column,
                            input.Data[((image * channels + first + channel) * height + top + row) * width + left + column]);
        }
    }

    /// <summary>ONNX's (numpy's) broadcasting: dimensions are aligned at the end.</summary>
    private static Array4 Broadcast(Array4 first, Array4 second, Func<double, double, double> function)
    {
        if (first.Shape.SequenceEqual(second.Shape))
            return first with { Data = [.. first.Data.Zip(second.Data, function)] };
        if (first.Data.Length < second.Data.Length || (first.Data.Length == second.Data.Length && first.Shape.Length < second.Shape.Length))
            return Broadcast(second, first, (a, b) => function(b, a));
        var result = new double[first.Data.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var (rest, index, stride) = (i, 0, 1);
            for (var back = 1; back <= second.Shape.Length; back++)
            {
                var (extent, other) = (first.Shape[^back], second.Shape[^back]);
                index += other == 1 ? 0 : rest % extent * stride;
                (rest, stride) = (rest / extent, stride * other);
            }
            result[i] = function(first.Data[i], second.Data[index]);
        }
        return first with { Data = result };
    }
}
