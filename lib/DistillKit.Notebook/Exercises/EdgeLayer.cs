using DistillKit.Edge;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;

namespace DistillKit.Notebook.Exercises;

/// <summary>One layer alone on the integer engine, which runs whole networks: what a reader's layer in integers is compared with.</summary>
public static class EdgeLayer
{
    /// <summary>The bytes of a convolution and its activation function on one image.</summary>
    /// <param name="layer">With the parameters of its weight.</param>
    /// <param name="image">[channels, rows, columns] of a square image.</param>
    /// <param name="forImage">How the image is rounded.</param>
    /// <param name="forResult">How the result is.</param>
    /// <returns>[outputs, rows, columns]</returns>
    public static byte[] Run(
        ConvNode layer, ActivationNode activation, float[] image, QuantizationParameters forImage, QuantizationParameters forResult)
    {
        using var scope = NewDisposeScope();
        var (outputs, channels, kernel) = (layer.Weight.Channels, layer.Weight.Shape[1], layer.Kernel);
        var size = (long)Math.Sqrt(image.Length / channels);
        var pixels = tensor(forImage.RoundTrip(image), [1, channels, size, size]);
        var windows = nn.functional.unfold(pixels, kernel, padding: layer.Padding, stride: layer.Stride)[0].transpose(0, 1).contiguous();

        // A network whose images are the windows, and whose logits are one pixel of the layer's result.
        var alone = new Graph([
            new InputNode("window", channels, kernel),
            new QuantizeNode("bytes", "window", forImage),
            layer with { Input = "bytes", Padding = 0 },
            activation,
            new QuantizeNode("maps", activation.Name, forResult),
            new GlobalAveragePoolNode("pixel", "maps")]);
        using var edge = EdgeModel.Load(OnnxFile.ToBytes(alone));
        var places = (int)windows.shape[0];
        var (pixel, bytes) = (new float[places * outputs], new byte[places * outputs]);
        edge.Run(windows.data<float>().ToArray(), pixel);
        for (var place = 0; place < places; place++)
        {
            for (var output = 0; output < outputs; output++)
            {
                bytes[output * places + place] =
                    (byte)(Math.Round(pixel[place * outputs + output] / forResult.Scales[0]) + forResult.ZeroPoints[0]);
            }
        }
        return bytes;
    }

    /// <summary>A factor as the engine writes it: all below 1/4 share one shift.</summary>
    public static (int Multiplier, int Shift) Factor(double factor)
    {
        const int shift = 33;
        return factor < 0.25 ? ((int)Math.Round(Math.ScaleB(factor, shift)), shift) : Lessons.FixedPoint(factor);
    }
}
