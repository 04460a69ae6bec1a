namespace DistillKit.Quantization.Simulation;

/// <summary>Rounds a weight or a result in the engine.</summary>
internal abstract class TensorQuantizer() : nn.Module(nameof(TensorQuantizer))
{
    /// <summary>The quantizer of a layer's weight; null where it is not rounded.</summary>
    public static TensorQuantizer? OfWeight(WeightedNode node, AwareRecipe? training) => (node.WeightQuantization, training?.Weights) switch
    {
        (null, _) => null,
        ({ } parameters, null or RangeLearning.Fixed) => new FixedNumbers(parameters),
        ({ } parameters, RangeLearning.Tracked) => new TrackedScales(parameters),
        ({ } parameters, RangeLearning.Learned) => new LearnedNumbers(new(parameters, node.Weight.Shape.Count)),
        (_, var unknown) => throw new NotSupportedException($"The scales of weights cannot be {unknown}."),
    };

    /// <summary>The quantizer of a result.</summary>
    public static TensorQuantizer OfResult(QuantizeNode node, AwareRecipe? training) => (node.Parameters, training?.Activations) switch
    {
        (null, _) => new BatchRange(),
        ({ } parameters, null or RangeLearning.Fixed) => new FixedNumbers(parameters),
        ({ } parameters, RangeLearning.Tracked) => new TrackedRange(parameters, training!.FreezeRangesAt),
        ({ } parameters, RangeLearning.Learned) => new LearnedNumbers(new(parameters, perImage: true)),
        (_, var unknown) => throw new NotSupportedException($"The scales of activations cannot be {unknown}."),
    };

    /// <summary>The values, clipped to the bounds of the nonlinearity before, and rounded.</summary>
    public abstract Tensor Apply(Tensor values, float from = float.NegativeInfinity, float to = float.PositiveInfinity);

    /// <summary>Scale and zero point; null where each batch has its own.</summary>
    /// <param name="weight">The weight as it is deployed, if it is one.</param>
    public abstract QuantizationParameters? Parameters(Tensor? weight = null);

    /// <summary>Adapts to how far a training has come, from 0 to 1.</summary>
    public virtual void Begin(double progress)
    {
    }

    private static (float Minimum, float Maximum) RangeOf(Tensor values, float from, float to)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (least, most) = values.aminmax(null, keepdim: false);
        return (Math.Clamp(least.item<float>(), from, to), Math.Clamp(most.item<float>(), from, to));
    }

    private sealed class FixedNumbers(QuantizationParameters given) : TensorQuantizer
    {
        public override Tensor Apply(Tensor values, float from, float to) => FakeQuantize.Apply(values, given, from, to);

        public override QuantizationParameters Parameters(Tensor? weight) => given;
    }

    private sealed class LearnedNumbers : TensorQuantizer
    {
        private readonly LearnedStep step;

        public LearnedNumbers(LearnedStep step)
        {
            this.step = step;
            RegisterComponents();
        }

        public override Tensor Apply(Tensor values, float from, float to)
        {
            using var scope = NewDisposeScope();
            var isFree = float.IsNegativeInfinity(from) && float.IsPositiveInfinity(to);
            var bounded = isFree ? values : values.clamp(Number.Of(from), Number.Of(to));
            return step.call(bounded).MoveToOuterDisposeScope();
        }

        public override QuantizationParameters Parameters(Tensor? weight) => step.Parameters;
    }

    /// <summary>The range of all images of the batch together, as ONNX's DynamicQuantizeLinear finds it.</summary>
    private sealed class BatchRange : TensorQuantizer
    {
        public override Tensor Apply(Tensor values, float from, float to)
        {
            var (minimum, maximum) = RangeOf(values, from, to);
            var parameters = QuantizationParameters.FromRange(minimum, maximum, QuantizationScheme.Activations);
            return FakeQuantize.Apply(values, parameters, from, to);
        }

        public override QuantizationParameters? Parameters(Tensor? weight) => null;
    }

    /// <summary>The scales cover the weight as it is in each step.</summary>
    private sealed class TrackedScales(QuantizationParameters start) : TensorQuantizer
    {
        public override Tensor Apply(Tensor values, float from, float to)
        {
            using var scope = NewDisposeScope();
            var scales = Scales(values);
            return FakeQuantize.Apply(values, scales, zeros_like(scales), start.Minimum, start.Maximum).MoveToOuterDisposeScope();
        }

        public override QuantizationParameters Parameters(Tensor? weight)
        {
            using var scope = NewDisposeScope();
            return start with { Scales = Scales(weight!).cpu().contiguous().data<float>().ToArray() };
        }

        private Tensor Scales(Tensor weight)
        {
            using var frozen = no_grad();
            var rank = (int)weight.dim();
            long[] within = [.. Enumerable.Range(0, rank).Select(dimension => (long)dimension).Skip(start.Channels == 1 ? 0 : 1)];
            var largest = weight.detach().abs().amax(within).view([start.Channels, .. Enumerable.Repeat(1L, rank - 1)]);
            return largest.div(Number.Of(start.Maximum)).clamp_min(Number.Of(QuantizationParameters.SmallestScale));
        }
    }

    /// <summary>Follows a moving average of the batches' ranges until it is frozen.</summary>
    private sealed class TrackedRange : TensorQuantizer
    {
        private const double Momentum = 0.05;

        private readonly QuantizationParameters start;
        private readonly double freezeAt;
        private readonly Tensor range;
        private bool isFrozen;

        public TrackedRange(QuantizationParameters start, double freezeAt)
        {
            (this.start, this.freezeAt) = (start, freezeAt);
            range = tensor(new[] { Bound(start.Minimum), Bound(start.Maximum) }).DetachFromDisposeScope();
            RegisterComponents();
        }

        public override void Begin(double progress) => isFrozen = progress >= freezeAt;

        public override Tensor Apply(Tensor values, float from, float to)
        {
            if (training && !isFrozen) Follow(RangeOf(values, from, to));
            return FakeQuantize.Apply(values, Parameters(null), from, to);
        }

        public override QuantizationParameters Parameters(Tensor? weight)
        {
            using var scope = NewDisposeScope();
            var bounds = range.cpu().data<float>();
            return QuantizationParameters.FromRange(bounds[0], bounds[1], start.Scheme);
        }

        private float Bound(int integer) => (integer - start.ZeroPoints[0]) * start.Scales[0];

        private void Follow((float Minimum, float Maximum) seen)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var latest = tensor(new[] { seen.Minimum, seen.Maximum }, device: range.device);
            range.mul_(Number.Of(1 - Momentum)).add_(latest, Number.Of(Momentum));
        }
    }
}
