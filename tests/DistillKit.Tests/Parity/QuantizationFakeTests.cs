using DistillKit.Graphs;
using DistillKit.Quantization.Simulation;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

public sealed class QuantizationFakeTests
{
    [Theory]
    [InlineData("ties", 0, 8, true, false)]
    [InlineData("ties", 1, 8, false, false)]
    [InlineData("ties", 2, 8, true, true)]
    [InlineData("ties", 3, 4, false, false)]
    [InlineData("ties", 4, 8, false, false)]
    [InlineData("ties", 5, 4, true, true)]
    [InlineData("smooth", 0, 8, true, false)]
    [InlineData("smooth", 1, 8, false, false)]
    [InlineData("smooth", 2, 8, true, true)]
    [InlineData("smooth", 3, 4, false, false)]
    [InlineData("smooth", 4, 8, false, false)]
    [InlineData("smooth", 5, 4, true, true)]
    public void Fake_quantization_and_its_gradient_are_PyTorchs(string name, int row, int bits, bool isSigned, bool isSymmetric)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("quantization-fake");
        var setting = fixture["cases"][row].data<float>().ToArray();
        var parameters = new QuantizationParameters(new(bits, isSigned, isSymmetric), [setting[0]], [(int)setting[1]]);
        Assert.Equal(((int)setting[2], (int)setting[3]), (parameters.Minimum, parameters.Maximum));

        Compare(fixture, name, row, parameters, values => FakeQuantize.Apply(values, parameters));
        Compare(fixture, name, row, parameters, values =>
            FakeQuantize.Apply(values, tensor(setting[0]), tensor(setting[1]), parameters.Minimum, parameters.Maximum));
        Close.Assert(fixture[$"{name}{row}.value"], tensor(parameters.RoundTrip(fixture[name].data<float>().ToArray())), 0, "round trip");
    }

    [Fact]
    public void Fake_quantization_per_channel_and_its_gradient_are_PyTorchs()
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("quantization-fake");
        var parameters = Symmetric(8, fixture["weight.scales"]);
        var weight = Formula.Tensor("weight", [5, 3, 3, 3]).requires_grad_();
        var result = FakeQuantize.Apply(weight, parameters);
        result.backward([Formula.Tensor("upstream.weight", [5, 3, 3, 3])]);

        Close.Assert(fixture["weight.value"], result, 1e-7, "value");
        Close.Assert(fixture["weight.gradient"], weight.grad!, 0, "gradient");
        Close.Assert(result, tensor(parameters.RoundTrip(weight.detach().data<float>().ToArray())).view(5, 3, 3, 3), 0, "round trip");
    }

    [Fact]
    public void A_learned_step_of_activations_has_the_gradients_of_LSQ()
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("quantization-learned");
        using var quantize = new LearnedStep(new(new(6), [0.05f], [20]), perImage: true);
        var values = fixture["values"].clone().requires_grad_();
        var result = quantize.call(values);
        result.backward([Formula.Tensor("upstream.learned", [2, 6, 5, 5])]);

        Close.Assert(fixture["value"], result, 1e-6, "value");
        Close.Assert(fixture["gradient"], values.grad!, 1e-7, "gradient");
        Close.AssertRelative(fixture["scale.gradient"], quantize.Scale.grad!, 1e-4, "gradient of the scale");
    }

    [Fact]
    public void Learned_steps_of_a_weights_channels_have_the_gradients_of_LSQ()
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("quantization-learned");
        using var quantize = new LearnedStep(Symmetric(4, fixture["weight.scales"]));
        var weight = fixture["weight"].clone().requires_grad_();
        var result = quantize.call(weight);
        result.backward([Formula.Tensor("upstream.learned.weight", [5, 4, 3, 3])]);

        Close.Assert(fixture["weight.value"], result, 1e-6, "value");
        Close.Assert(fixture["weight.gradient"], weight.grad!, 1e-7, "gradient");
        Close.AssertRelative(fixture["weight.scales.gradient"], quantize.Scale.grad!.view(-1), 1e-4, "gradient of the scales");
    }

    private static void Compare(Fixture fixture, string name, int row, QuantizationParameters parameters, Func<Tensor, Tensor> quantize)
    {
        var values = fixture[name].clone().requires_grad_();
        var result = quantize(values);
        result.backward([fixture["upstream"]]);
        Close.Assert(fixture[$"{name}{row}.value"], result, 0, "value");
        // Half a step beyond the last integers it depends on that integer's parity which way PyTorch rounds, and so the gradient.
        var integers = values.detach().div(parameters.Scales[0]).add(parameters.ZeroPoints[0]);
        var isOnEdge = integers.eq(parameters.Minimum - 0.5).logical_or(integers.eq(parameters.Maximum + 0.5));
        Close.Assert(fixture[$"{name}{row}.gradient"].masked_fill(isOnEdge, 0), values.grad!.masked_fill(isOnEdge, 0), 0, "gradient");
    }

    private static QuantizationParameters Symmetric(int bits, Tensor scales) =>
        new(QuantizationScheme.Weights with { Bits = bits }, scales.data<float>().ToArray(), new int[scales.numel()]);
}
