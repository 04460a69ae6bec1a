using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Simulation;

/// <summary>Rounds a result in the engine.</summary>
internal abstract class ActivationQuantizer() : nn.Module(nameof(ActivationQuantizer))
{
    /// <summary>The quantizer of a node.</summary>
    public static ActivationQuantizer Of(QuantizeNode node, AwareRecipe? training) => (node.Parameters, training) switch
    {
        (null, _) => new BatchRange(),
        ({ } parameters, null or { Activations: RangeLearning.Fixed }) => new FixedRange(parameters),
        ({ } parameters, { Activations: RangeLearning.Tracked }) => new TrackedRange(parameters, training.FreezeRangesAt),
        ({ } parameters, { Activations: RangeLearning.Learned }) => new LearnedRange(parameters),
        (_, var recipe) => throw new NotSupportedException($"The scales of activations cannot be {recipe?.Activations}."),
    };

    /// <summary>The values, clipped to the bounds of the nonlinearity before, and rounded.</summary>
    public abstract Tensor Apply(Tensor values, float from, float to);

    /// <summary>Scale and zero point; null where each batch has its own.</summary>
    public abstract QuantizationParameters? Parameters();

    /// <summary>Adapts to how far a training has come, from 0 to 1.</summary>
    public virtual void Begin(double progress)
    {
    }

    private static (float Minimum, float Maximum) RangeOf(Tensor values, float from, float to)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return (Math.Clamp(values.min().item<float>(), from, to), Math.Clamp(values.max().item<float>(), from, to));
    }

    private sealed class FixedRange(QuantizationParameters given) : ActivationQuantizer
    {
        public override Tensor Apply(Tensor values, float from, float to) => FakeQuantize.Apply(values, given, from, to);

        public override QuantizationParameters Parameters() => given;
    }

    /// <summary>The range of all images of the batch together, as ONNX's DynamicQuantizeLinear finds it.</summary>
    private sealed class BatchRange : ActivationQuantizer
    {
        public override Tensor Apply(Tensor values, float from, float to)
        {
            var (minimum, maximum) = RangeOf(values, from, to);
            var parameters = QuantizationParameters.FromRange(minimum, maximum, QuantizationScheme.Activations);
            return FakeQuantize.Apply(values, parameters, from, to);
        }

        public override QuantizationParameters? Parameters() => null;
    }

    /// <summary>Follows a moving average of the batches' ranges until it is frozen.</summary>
    private sealed class TrackedRange : ActivationQuantizer
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
            register_buffer(nameof(range), range);
            RegisterComponents();
        }

        public override void Begin(double progress) => isFrozen = progress >= freezeAt;

        public override Tensor Apply(Tensor values, float from, float to)
        {
            if (training && !isFrozen) Follow(RangeOf(values, from, to));
            return FakeQuantize.Apply(values, Parameters(), from, to);
        }

        public override QuantizationParameters Parameters()
        {
            using var scope = NewDisposeScope();
            var bounds = range.cpu().data<float>();
            return QuantizationParameters.FromRange(bounds[0], bounds[1], new(start.Bits, start.IsSigned, start.IsSymmetric));
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

    private sealed class LearnedRange : ActivationQuantizer
    {
        private readonly LearnedStep step;

        public LearnedRange(QuantizationParameters start)
        {
            step = new(start, perImage: true);
            RegisterComponents();
        }

        public override Tensor Apply(Tensor values, float from, float to)
        {
            using var scope = NewDisposeScope();
            var isFree = float.IsNegativeInfinity(from) && float.IsPositiveInfinity(to);
            var bounded = isFree ? values : values.clamp(Number.Of(from), Number.Of(to));
            return step.call(bounded).MoveToOuterDisposeScope();
        }

        public override QuantizationParameters Parameters() => step.Parameters;
    }
}
