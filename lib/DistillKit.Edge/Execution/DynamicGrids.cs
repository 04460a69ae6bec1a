using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Execution;

/// <summary>
/// The grids that a chunk's images get at run time. DynamicQuantizeLinear of ONNX takes the range of a whole batch; here each image has its
/// own, so that its result does not depend on its company. For one image both are the same.
/// </summary>
internal sealed unsafe class DynamicGrids
{
    private readonly QuantizationGrid[] grids = new QuantizationGrid[Arena.LargestChunk];

    public QuantizationGrid this[int image] => grids[image];

    /// <summary>Quantizes one image by its own range.</summary>
    public void Quantize(ActivationBuffer input, ActivationBuffer output, int image)
    {
        var (minimum, maximum) = Elementwise.Range(input.Floats(image), input.Shape.Elements);
        grids[image] = Of(minimum, maximum);
        Elementwise.QuantizeLinear(input.Floats(image), output.Bytes(image), input.Shape.Elements, grids[image]);
    }

    /// <summary>The specification's formula. Where it gives no usable scale (all zeros, infinities) any will do.</summary>
    private static QuantizationGrid Of(float minimum, float maximum)
    {
        var scale = (maximum - minimum) / 255;
        return float.IsNormal(scale)
            ? new(scale, (byte)Math.Clamp(MathF.Round(-minimum / scale), byte.MinValue, byte.MaxValue)) : new(1, 0);
    }
}
