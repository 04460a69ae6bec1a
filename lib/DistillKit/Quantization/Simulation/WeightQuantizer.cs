using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Simulation;

/// <summary>Rounds a layer's weight in the engine.</summary>
internal abstract class WeightQuantizer() : nn.Module(nameof(WeightQuantizer))
{
    /// <summary>The quantizer of a layer; null where its weight is not rounded.</summary>
    public static WeightQuantizer? Of(WeightedNode node, AwareRecipe? training) => (node.WeightQuantization, training?.Weights) switch
    {
        (null, _) => null,
        ({ } parameters, null or RangeLearning.Fixed) => new FixedScales(parameters),
        ({ } parameters, RangeLearning.Tracked) => new TrackedScales(parameters),
        ({ } parameters, RangeLearning.Learned) => new LearnedScales(parameters, node.Weight.Shape.Count),
        (_, var unknown) => throw new NotSupportedException($"The scales of weights cannot be {unknown}."),
    };

    /// <summary>The weight, rounded.</summary>
    public abstract Tensor Apply(Tensor weight);

    /// <summary>The scales of a weight.</summary>
    public abstract QuantizationParameters Parameters(Tensor weight);

    private sealed class FixedScales(QuantizationParameters given) : WeightQuantizer
    {
        public override Tensor Apply(Tensor weight) => FakeQuantize.Apply(weight, given);

        public override QuantizationParameters Parameters(Tensor weight) => given;
    }

    /// <summary>The scales cover the weight as it is in each step.</summary>
    private sealed class TrackedScales(QuantizationParameters start) : WeightQuantizer
    {
        public override Tensor Apply(Tensor weight)
        {
            using var scope = NewDisposeScope();
            var scales = Scales(weight);
            return FakeQuantize.Apply(weight, scales, zeros_like(scales), start.Minimum, start.Maximum).MoveToOuterDisposeScope();
        }

        public override QuantizationParameters Parameters(Tensor weight)
        {
            using var scope = NewDisposeScope();
            return start with { Scales = Scales(weight).cpu().contiguous().data<float>().ToArray() };
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

    private sealed class LearnedScales : WeightQuantizer
    {
        private readonly LearnedStep step;

        public LearnedScales(QuantizationParameters start, int rank)
        {
            step = new(start, rank);
            RegisterComponents();
        }

        public override Tensor Apply(Tensor weight) => step.call(weight);

        public override QuantizationParameters Parameters(Tensor weight) => step.Parameters;
    }
}
