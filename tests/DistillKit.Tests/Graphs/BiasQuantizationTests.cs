using DistillKit.Graphs;

namespace DistillKit.Tests.Graphs;

public sealed class BiasQuantizationTests
{
    [Fact]
    public void Biases_are_counted_in_the_products_of_the_scales()
    {
        var integers = BiasQuantization.Quantize([1, -0.3f], 0.5f, [0.01f, 0.25f]);
        Assert.Equal([200, -2], integers);
        Assert.Equal([100, -30], BiasQuantization.Quantize([1, -0.3f], 1, [0.01f]));
    }

    [Theory]
    [InlineData(1e7f)]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Biases_that_do_not_fit_are_refused_with_the_channel(float bias) =>
        Assert.Contains(
            "channel 1", Assert.Throws<UserException>(() => BiasQuantization.Quantize([0, bias], 0.01f, [0.01f, 1e-6f])).Message);

    [Fact]
    public void Channels_of_tiny_weights_make_room_for_their_bias()
    {
        var weights = QuantizationParameters.FromRange([-1, 0], [1, 1e-6f], QuantizationScheme.Weights);
        var roomy = BiasQuantization.MakeRoom(weights, [2, 50], 0.01f);
        Assert.Equal(weights.Scales[0], roomy.Scales[0]);
        Assert.Equal(50, BiasQuantization.Quantize([2, 50], 0.01f, roomy.Scales)[1] * 0.01f * roomy.Scales[1], tolerance: 1e-5);
    }
}
