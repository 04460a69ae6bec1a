namespace DistillKit.Quantization.Simulation;

/// <summary>Quantizes and dequantizes a tensor of real numbers, so that a network feels its rounding while it still computes in float: in
/// training (Jacob et al. 2018, arXiv:1712.05877) and in simulation. The gradient is that of the straight-through estimator (Bengio et al.
/// 2013, arXiv:1308.3432): 1 where the value rounds into the range of the integers, 0 where it is clipped.</summary>
/// <remarks>On a processor the operation is ours (<see cref="ClippedRounding"/>). Elsewhere autograd sees the clipping, and that something
/// is added to its result: what the rounding changes. The sum is exactly the rounded number, because the difference of two floats within
/// a factor of two is exact (Sterbenz 1974), and 0 is the only integer that others round to.</remarks>
public static class FakeQuantize
{
    /// <summary>Applies the parameters; a new tensor of the same shape and type.</summary>
    /// <param name="values">Of any shape; with several scales, axis 0 is that of the output channels. float32, for exact steps.</param>
    /// <param name="from">The lower bound of an activation before the quantization: 0 for ReLU, which then costs nothing.</param>
    /// <param name="to">The upper bound of an activation: 6 for ReLU6.</param>
    public static Tensor Apply(
        Tensor values, QuantizationParameters parameters, float from = float.NegativeInfinity, float to = float.PositiveInfinity)
    {
        if (parameters.Channels > 1) return ApplyPerChannel(values, parameters);
        var (scale, zeroPoint) = (parameters.Scales[0], parameters.ZeroPoints[0]);
        var (low, high) = (Edge(scale, parameters.Minimum - zeroPoint, -0.5), Edge(scale, parameters.Maximum - zeroPoint, 0.5));
        var (least, most) = (Math.Max(from, low), Math.Min(to, high));
        if (ClippedRounding.Takes(values)) return ClippedRounding.Apply(values, scale, least, most);
        using var scope = NewDisposeScope();
        // Not clamp, whose gradient takes ten times as long, and in place: TorchSharp 0.107 has no other hardtanh that does anything.
        var clipped = values.clone().hardtanh_(Number.Of(least), Number.Of(most));
        // Where nothing learns, in the same memory.
        if (!clipped.requires_grad) return Round(clipped.div_(Number.Of(scale)), scale).MoveToOuterDisposeScope();
        return clipped.add(Change(clipped, scale), Number.One).MoveToOuterDisposeScope();
    }

    private static Tensor Change(Tensor clipped, float scale)
    {
        using var unseen = no_grad();
        return Round(clipped.div(Number.Of(scale)), scale).sub_(clipped);
    }

    private static Tensor Round(Tensor steps, float scale) => steps.round_().mul_(Number.Of(scale));

    /// <summary>Applies parameters that are kept as tensors; no gradient flows to them.</summary>
    /// <param name="scales">Broadcast to the values: [] for one scale, [C, 1, 1, 1] for one of each output channel.</param>
    /// <param name="zeroPoints">In the shape and type of the scales.</param>
    public static Tensor Apply(Tensor values, Tensor scales, Tensor zeroPoints, int minimum, int maximum)
    {
        using var scope = NewDisposeScope();
        var (steps, zeros) = (scales.detach(), zeroPoints.detach());
        // A little less than half a step beyond the last integers, because exactly half could round to the next one.
        const double half = 0.49999;
        var clipped = values.clamp(Edge(minimum - half), Edge(maximum + half));
        using var unseen = no_grad();
        return clipped.div_(steps).round_().mul_(steps).MoveToOuterDisposeScope();

        Tensor Edge(double integer) => zeros.neg().add_(Number.Of(integer), Number.One).mul_(steps);
    }

    private static Tensor ApplyPerChannel(Tensor values, QuantizationParameters parameters)
    {
        using var scope = NewDisposeScope();
        long[] shape = [parameters.Channels, .. Enumerable.Repeat(1L, (int)values.dim() - 1)];
        var scales = tensor(parameters.Scales, shape, device: values.device);
        var zeroPoints = tensor(Array.ConvertAll(parameters.ZeroPoints, point => (float)point), shape, device: values.device);
        return Apply(values, scales, zeroPoints, parameters.Minimum, parameters.Maximum).MoveToOuterDisposeScope();
    }

    /// <summary>The outermost number that still rounds to an integer's number of steps.</summary>
    private static float Edge(float scale, int steps, double half)
    {
        var edge = Math.Clamp((float)(scale * (steps + half)), float.MinValue, float.MaxValue);
        while (MathF.Round(edge / scale) != steps) edge = half < 0 ? MathF.BitIncrement(edge) : MathF.BitDecrement(edge);
        return edge;
    }
}
