using DistillKit.Graphs;
using DistillKit.Networks;
using DistillKit.Quantization.Simulation;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.Simulation;

public sealed class FakeQuantizeTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(Activation.ReLU, 0, float.PositiveInfinity)]
    [InlineData(Activation.ReLU6, 0, 6)]
    public void An_activation_can_be_part_of_it(Activation activation, float from, float to)
    {
        var parameters = QuantizationParameters.FromRange(0, 7.3f, QuantizationScheme.Activations);
        var (separate, joint) = (Values(), Values());
        var expected = FakeQuantize.Apply(activation.Apply(separate.mul(1)), parameters);
        var actual = FakeQuantize.Apply(joint, parameters, from, to);
        Parity.Close.Assert(expected, actual, 0, "value");

        var upstream = Formula.Tensor("upstream", [4, 3, 5, 5]);
        expected.backward([upstream]);
        actual.backward([upstream]);
        Parity.Close.Assert(separate.grad!, joint.grad!, 0, "gradient");

        static Tensor Values() => Formula.Tensor("activations", [4, 3, 5, 5], 12).requires_grad_();
    }

    [Fact]
    public void The_values_stay_and_so_does_their_layout()
    {
        var values = ChannelsLast.Of(Formula.Tensor("values", [2, 3, 4, 4]));
        var copy = values.clone();
        var result = FakeQuantize.Apply(values, QuantizationParameters.FromRange(-1, 1, QuantizationScheme.Activations));
        Assert.True(values.Equals(copy));
        Assert.Equal(values.stride(), result.stride());
    }

    [Fact]
    public void On_a_processor_it_is_the_arithmetic_of_the_formula() => Prop.ForAll<float[], byte>((numbers, seed) =>
    {
        float[] values = [.. numbers.Where(float.IsFinite), seed / 31f, -seed / 7f];
        var parameters = QuantizationParameters.FromRange(-1 - seed / 16f, 3, QuantizationScheme.Activations);
        var (scale, zeroPoint) = (parameters.Scales[0], parameters.ZeroPoints[0]);
        float[] steps = [.. values.Select(value => MathF.Round(value / scale))];
        var (least, most) = (parameters.Minimum - zeroPoint, parameters.Maximum - zeroPoint);
        using var inner = NewDisposeScope();
        var input = tensor(values).requires_grad_();
        var result = FakeQuantize.Apply(input, parameters);
        Assert.Equal(steps.Select(step => Math.Clamp(step, least, most) * scale), result.data<float>().ToArray());
        result.sum().backward();
        Assert.Equal(steps.Select(step => step >= least && step <= most ? 1f : 0f), input.grad!.data<float>().ToArray());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_the_engine_it_is_the_same()
    {
        var parameters = QuantizationParameters.FromRange(-1, 0.7f, QuantizationScheme.Activations);
        var (own, engines) = (Values(), Values());
        // Memory that loops of ours do not take.
        var (result, transposed) = (FakeQuantize.Apply(own, parameters), FakeQuantize.Apply(engines.t(), parameters));
        Parity.Close.Assert(result, transposed.t(), 0, "value");
        var upstream = Formula.Tensor("upstream", [64, 48]);
        result.backward([upstream]);
        transposed.backward([upstream.t()]);
        Parity.Close.Assert(own.grad!, engines.grad!, 0, "gradient");
        Parity.Close.Assert(result, FakeQuantize.Apply(engines.detach().t(), parameters).t(), 0, "value where nothing learns");

        static Tensor Values() => Formula.Tensor("values", [64, 48], 1.5).requires_grad_();
    }

    [Fact]
    public void Nothing_but_the_result_is_left_in_the_scope()
    {
        var values = Formula.Tensor("values", [2, 3, 4, 4]).requires_grad_();
        using var learned = new LearnedStep(QuantizationParameters.FromRange(-1, 1, QuantizationScheme.Activations));
        using var inner = NewDisposeScope();
        FakeQuantize.Apply(values, QuantizationParameters.FromRange(-1, 1, QuantizationScheme.Activations));
        FakeQuantize.Apply(values, QuantizationParameters.FromRange([-1, -2], [1, 1], QuantizationScheme.Weights));
        learned.call(values);
        Assert.Equal(3, inner.DisposablesCount);
    }

    [Fact]
    public void A_learned_step_finds_the_scale_with_the_smaller_error()
    {
        using var learned = new LearnedStep(QuantizationParameters.FromRange(-8, 8, new(4, IsSigned: true, IsSymmetric: true)), rank: 2);
        var values = Formula.Tensor("values", [64, 64]);
        double Error() => learned.call(values).sub(values).square().mean().item<float>();
        var before = Error();
        using var optimizer = optim.Adam(learned.parameters(), 0.02);
        for (var step = 0; step < 100; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            learned.call(values).sub(values).square().sum().backward();
            optimizer.step();
        }
        Assert.InRange(Error(), 0, before / 20);
        Assert.InRange(learned.Parameters.Scales[0], 0.5 / 7, 1.5 / 7);
    }
}
