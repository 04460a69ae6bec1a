using DistillKit.Data;
using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Networks;

public sealed class StartTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(4, 7)]
    [InlineData(7, 4)]
    public void A_convolution_that_starts_as_the_identity_passes_on_as_many_channels_as_it_can(int inputs, int outputs)
    {
        var layer = new Convolution(inputs, outputs, kernel: 3);
        var drawn = layer.Weight.clone();
        layer.StartAsIdentity();
        var (images, passing) = (rand(2, inputs, 5, 5), Math.Min(inputs, outputs));
        Assert.True(allclose(images.narrow(1, 0, passing), layer.call(images).narrow(1, 0, passing)));
        Assert.True(layer.Weight.narrow(0, passing, outputs - passing).eq(drawn.narrow(0, passing, outputs - passing)).all().item<bool>());
    }

    [Fact]
    public void An_identity_start_leaves_pointwise_and_depthwise_convolutions_as_they_were_drawn()
    {
        foreach (var layer in (Convolution[])[new(4, 4, kernel: 1), new(4, 4, kernel: 3, groups: 4)])
        {
            var drawn = layer.Weight.clone();
            layer.StartAsIdentity();
            Assert.True(layer.Weight.eq(drawn).all().item<bool>());
        }
    }

    [Fact]
    public void A_network_of_identities_passes_its_stem_on_through_the_pools()
    {
        var spec = new ResNetSpec { Blocks = [1], Channels = [8, 8], Pooled = true, ZeroInitResidual = true, IdentityStart = true };
        using var model = spec.Build();
        model.eval();
        var (_, features) = model.ForwardWithFeatures(rand(2, 3, 8, 8), ["stem", "layer1"]);
        Assert.True(allclose(nn.functional.max_pool2d(features[0], 2), features[1], rtol: 1e-4));
    }

    [Theory]
    [InlineData(24)]
    [InlineData(64)]
    public void A_whitened_stem_answers_with_uncorrelated_channels_and_their_negatives(int channels)
    {
        var images = SyntheticImages.Create(60, seed: 3);
        using var data = new DeviceImages(images, CPU);
        var batch = data.Take([.. Enumerable.Range(0, data.Count)]).Images;
        using var model = new ResNetSpec { Blocks = [1], Channels = [channels, 8], WhitenedStem = true }.Build();
        model.StartFrom(batch);

        var weight = model.get_parameter("conv1.weight")!;
        // 3x3 pixels of three colours have 27 components.
        var (half, known) = (channels / 2, Math.Min(channels / 2, 27));
        Assert.True(weight.narrow(0, half, known).eq(weight.narrow(0, 0, known).neg()).all().item<bool>());
        var answers = nn.functional.conv2d(batch, weight).narrow(1, 0, known).permute(1, 0, 2, 3).reshape(known, -1);
        var covariance = answers.cov();
        Assert.True(covariance.sub(diag(covariance.diag())).abs().max().item<float>() < 0.01);
        // The strongest have the variance 1; the floor holds down what hardly varies.
        Assert.Equal(1, covariance[0, 0].item<float>(), tolerance: 0.01);
        Assert.True(covariance.diag().max().item<float>() < 1.01);
    }
}
