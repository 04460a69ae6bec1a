using DistillKit.Graphs;
using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Networks;

public sealed class BlockTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Weights_and_results_of_a_convolution_are_channels_last()
    {
        var layer = new Convolution(8, 16, kernel: 3);
        Assert.Equal([72L, 1, 24, 8], layer.Weight.stride());
        Assert.Equal(16, ChannelsLast.Of(layer.call(ChannelsLast.Of(rand(2, 8, 5, 5)))).stride()[3]);
    }

    [Fact]
    public void Channels_last_keeps_the_values_and_shape()
    {
        var images = rand(2, 3, 4, 5);
        var moved = ChannelsLast.Of(images);
        Assert.Equal(images.shape, moved.shape);
        Assert.Equal([60L, 1, 15, 3], moved.stride());
        Assert.True(images.eq(moved).all().item<bool>());
    }

    [Fact]
    public void A_convolution_starts_with_the_variance_of_He_over_its_outputs()
    {
        var layer = new Convolution(64, 128, kernel: 3);
        Assert.Equal(Math.Sqrt(2.0 / (128 * 9)), layer.Weight.detach().pow(2).mean().sqrt().item<float>(), tolerance: 0.001);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_convolution_computes_in_its_type_and_learns_in_float32(ScalarType type)
    {
        var layer = new Convolution(16, 6, kernel: 1, stride: 2) { ComputeType = type };
        var output = layer.call(rand(2, 16, 7, 7));
        Assert.Equal(type, output.dtype);
        Assert.Equal([2L, 6, 4, 4], output.shape);
        output.to(ScalarType.Float32).sum().backward();
        Assert.Equal(ScalarType.Float32, layer.Weight.grad!.dtype);
    }

    [Theory]
    [InlineData(8, 6, 1, 1, 1, 5)]
    [InlineData(8, 6, 1, 2, 1, 5)]
    [InlineData(8, 8, 3, 1, 8, 1)]
    [InlineData(8, 8, 3, 1, 8, 2)]
    [InlineData(8, 8, 3, 2, 8, 2)]
    [InlineData(8, 8, 3, 2, 8, 3)]
    [InlineData(8, 8, 5, 1, 8, 2)]
    public void A_convolution_and_its_gradients_are_the_engine_s(int inputs, int outputs, int kernel, int stride, int groups, int size)
    {
        var layer = new Convolution(inputs, outputs, kernel, stride, groups);
        var (own, theirs) = (ChannelsLast.Of(randn(4, inputs, size, size)), layer.Weight.detach().clone().requires_grad_());
        var input = own.clone().requires_grad_();
        own = own.requires_grad_();
        long[] strides = [stride, stride], padding = [kernel / 2, kernel / 2];
        var expected = nn.functional.conv2d(input, theirs, strides: strides, padding: padding, groups: groups);
        var found = layer.call(own);
        Assert.Equal(expected.shape, found.shape);
        Assert.True(allclose(expected, found, atol: 1e-5));
        expected.pow(2).sum().backward();
        found.pow(2).sum().backward();
        Assert.True(allclose(input.grad!, own.grad!, rtol: 1e-4, atol: 1e-4));
        Assert.True(allclose(theirs.grad!, layer.Weight.grad!, rtol: 1e-4, atol: 1e-4));
    }

    [Theory]
    [InlineData(15, 1, 1, 1, ScalarType.Float32)]
    [InlineData(16, 1, 1, 2, ScalarType.BFloat16)]
    [InlineData(16, 3, 1, 1, ScalarType.BFloat16)]
    [InlineData(16, 3, 1, 2, ScalarType.Float32)]
    [InlineData(32, 3, 32, 1, ScalarType.Float32)]
    public void On_a_processor_some_keep_to_float32(int inputs, int kernel, int groups, int threads, ScalarType expected)
    {
        var layer = new Convolution(inputs, 32, kernel, groups: groups) { ComputeType = ScalarType.BFloat16 };
        var (found, before) = (ScalarType.Byte, get_num_threads());
        var thread = new Thread(() =>
        {
            // Of this thread alone.
            set_num_threads(threads);
            found = layer.call(rand(2, inputs, 4, 4)).dtype;
        });
        thread.Start();
        thread.Join();
        set_num_threads(before);
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Batch_norm_normalizes_and_tracks_statistics_in_float32(ScalarType type)
    {
        var layer = new BatchNorm(4);
        var output = layer.call(rand(8, 4, 6, 6).mul(3).add(5).to(type)).to(ScalarType.Float32);
        Assert.Equal(0, output.mean().item<float>(), tolerance: 0.01);
        Assert.Equal(1, output.pow(2).mean().item<float>(), tolerance: 0.02);
        var mean = layer.state_dict()["running_mean"];
        Assert.Equal(ScalarType.Float32, mean.dtype);
        Assert.Equal(0.65, mean.mean().item<float>(), tolerance: 0.05);
        Assert.Equal(1, layer.state_dict()["num_batches_tracked"].item<long>());
    }

    [Fact]
    public void A_frozen_batch_norm_uses_and_keeps_its_statistics_in_training()
    {
        var layer = new BatchNorm(4);
        foreach (var parameter in layer.parameters()) parameter.requires_grad = false;
        var input = rand(8, 4, 6, 6).add(5);
        Assert.Equal(input.mean().item<float>(), layer.call(input).mean().item<float>(), tolerance: 0.01);
        Assert.Equal(0, layer.state_dict()["running_mean"].sum().item<float>());
        Assert.Equal(0, layer.state_dict()["num_batches_tracked"].item<long>());
    }

    [Theory]
    [InlineData(Activation.ReLU, ScalarType.Float32, 8)]
    [InlineData(Activation.ReLU6, ScalarType.Float32, 6)]
    [InlineData(Activation.ReLU, ScalarType.BFloat16, 8)]
    [InlineData(Activation.ReLU6, ScalarType.BFloat16, 6)]
    public void Activations_clip_the_values_and_the_gradient(Activation activation, ScalarType type, float highest)
    {
        var input = tensor(new float[] { -2, 3, 8 }).to(type).requires_grad_();
        var output = activation.Apply(input.mul(1));
        Assert.Equal([0, 3, highest], output.to(ScalarType.Float32).data<float>().ToArray());
        output.sum().backward();
        Assert.Equal([0f, 1, highest == 8 ? 1 : 0], input.grad!.to(ScalarType.Float32).data<float>().ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_residual_block_with_zero_initialization_starts_as_the_identity(bool bottleneck)
    {
        var block = bottleneck
            ? new ResidualBlock(16, zeroInit: true, (4, 1, 1), (4, 3, 1), (16, 1, 1))
            : new ResidualBlock(16, zeroInit: true, (16, 3, 1), (16, 3, 1));
        var input = rand(2, 16, 4, 4);
        Assert.True(allclose(input, block.call(input)));
    }

    [Theory]
    [InlineData(8, 1, true)]
    [InlineData(8, 2, false)]
    [InlineData(16, 1, false)]
    public void An_inverted_residual_adds_its_input_only_where_the_shape_stays(int outputs, int stride, bool adds)
    {
        var input = rand(2, 8, 4, 4);
        using var block = new InvertedResidual(8, outputs, stride, expansion: 6, Activation.ReLU6, zeroInit: true);
        var output = block.call(input);
        Assert.Equal([2, outputs, 4 / stride, 4 / stride], output.shape);
        if (adds) Assert.True(allclose(input, output));
        else Assert.True(output.abs().sum().item<float>() > 1);
    }
}
