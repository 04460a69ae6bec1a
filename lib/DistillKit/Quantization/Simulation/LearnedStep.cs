namespace DistillKit.Quantization.Simulation;

/// <summary>Fake quantization whose step is learned with the weights: LSQ (Esser et al. 2020, arXiv:1902.08153). The step's gradient is
/// <c>round(v/s) - v/s</c> for a value inside of the range and the outermost integer for one that is clipped, times
/// <c>1 / sqrt(values * largest integer)</c>, where the values are a layer's weights, or the features of one image.</summary>
public sealed class LearnedStep : nn.Module<Tensor, Tensor>
{
    private readonly QuantizationParameters start;
    private readonly bool perImage;
    private readonly Parameter scale;
    private readonly Tensor zero_point;

    /// <summary>Starts from given scales; zero points and integers stay.</summary>
    /// <param name="rank">The number of dimensions of the values.</param>
    /// <param name="perImage">Whether axis 0 of the values is that of a batch's images, as for activations; false for weights.</param>
    public LearnedStep(QuantizationParameters start, int rank = 4, bool perImage = false) : base(nameof(LearnedStep))
    {
        (this.start, this.perImage) = (start, perImage);
        using var scope = NewDisposeScope();
        long[] shape = start.Channels == 1 ? [] : [start.Channels, .. Enumerable.Repeat(1L, rank - 1)];
        scale = new Parameter(tensor(start.Scales, shape));
        scale.DetachFromDisposeScope();
        zero_point = tensor(Array.ConvertAll(start.ZeroPoints, point => (float)point), shape).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>What has been learned so far.</summary>
    public QuantizationParameters Parameters
    {
        get
        {
            using var scope = NewDisposeScope();
            var learned = scale.detach().abs().clamp_min(Number.Of(QuantizationParameters.SmallestScale));
            return start with { Scales = learned.cpu().reshape(-1).data<float>().ToArray() };
        }
    }

    /// <summary>The learned scale: [], or [C, 1, 1, 1] for one of each output channel.</summary>
    public Tensor Scale => scale;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // Noise must not make a scale negative.
        var step = scale.abs().clamp_min(Number.Of(QuantizationParameters.SmallestScale));
        var fixedStep = step.detach();
        var clipped = Clip(input, fixedStep);
        Tensor slope;
        using (no_grad())
        {
            // By the step, the result of an inner value moves with its rounding error, that of a clipped value with its integer.
            var isInside = input.eq(clipped);
            var steps = clipped.div_(fixedStep);
            var rounded = steps.round();
            slope = where(isInside, rounded.sub(steps), rounded);
            clipped.copy_(rounded).mul_(fixedStep);
        }
        var count = input.numel() / (double)(perImage ? input.shape[0] : start.Channels);
        // A term that is 0 and has the gradient of the step.
        var change = step.sub(fixedStep).div(Number.Of(Math.Sqrt(count * start.Maximum)));
        return clipped.add(slope.mul(change), Number.One).MoveToOuterDisposeScope();
    }

    private Tensor Clip(Tensor input, Tensor step)
    {
        if (start.Channels > 1) return input.clamp(Edge(start.Minimum), Edge(start.Maximum));
        var (size, zeroPoint) = (step.item<float>(), start.ZeroPoints[0]);
        return input.clamp(Number.Of((start.Minimum - zeroPoint) * size), Number.Of((start.Maximum - zeroPoint) * size));

        Tensor Edge(int integer) => zero_point.neg().add_(Number.Of(integer), Number.One).mul_(step);
    }
}
