using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Simulation;

/// <summary>Rounds a result in the engine.</summary>
internal abstract class ActivationQuantizer() : nn.Module(nameof(ActivationQuantizer))
{
    /// <summary>The quantizer of a node.</summary>
    public static ActivationQuantizer Of(QuantizeNode node, AwareRecipe? training) => (node.Parameters, training) switch
    {
        (null, _) => new Dynamic(),
        ({ } parameters, { Activations: RangeLearning.Tracked }) => new Tracked(parameters, training.FreezeRangesAt),
        ({ } parameters, { Activations: RangeLearning.Learned }) => new Learned(parameters),
        ({ } parameters, _) => new Fixed(parameters),
    };

    /// <summary>The values, rounded, after the nonlinearity that keeps them from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public abstract Tensor Apply(Tensor values, float from, float to);

    /// <summary>Scale and zero point; null where each batch has its own.</summary>
    public abstract QuantizationParameters? Parameters();

    /// <summary>A training has come so far, from 0 to 1.</summary>
    public virtual void Begin(double progress)
    {
    }

    private static (float Minimum, float Maximum) RangeOf(Tensor values, float from, float to)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return (Math.Clamp(values.min().item<float>(), from, to), Math.Clamp(values.max().item<float>(), from, to));
    }

    private sealed class Fixed(QuantizationParameters kept) : ActivationQuantizer
    {
        public override Tensor Apply(Tensor values, float from, float to) => FakeQuantize.Apply(values, kept, from, to);

        public override QuantizationParameters Parameters() => kept;
    }

    /// <summary>The range of all images of the batch together, as ONNX's DynamicQuantizeLinear finds it.</summary>
    private sealed class Dynamic : ActivationQuantizer
    {
        public override Tensor Apply(Tensor values, float from, float to)
        {
            var (minimum, maximum) = RangeOf(values, from, to);
            return FakeQuantize.Apply(values, QuantizationParameters.FromRange(minimum, maximum, QuantizationScheme.Activations), from, to);
        }

        public override QuantizationParameters? Parameters() => null;
    }

    /// <summary>Follows a moving average of the batches' ranges until it is frozen.</summary>
    private sealed class Tracked : ActivationQuantizer
    {
        private const double Momentum = 0.05;

        private readonly QuantizationParameters start;
        private readonly double freezeAt;
        private readonly Tensor range;
        private bool isFrozen;

        public Tracked(QuantizationParameters start, double freezeAt)
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

    private sealed class Learned : ActivationQuantizer
    {
        private readonly LearnedStep step;

        public Learned(QuantizationParameters start)
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
