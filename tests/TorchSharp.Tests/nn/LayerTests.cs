using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Nn;

/// <summary>
/// Expected numbers are PyTorch 1.13's, of the layer of the same name and arguments, for
/// x = sin(0.37 [0..63]) as [2, 2, 4, 4], weight = cos(0.11 [0..53]) as [3, 2, 3, 3] and bias = [0.1, -0.2, 0.3].
/// </summary>
public sealed class LayerTests
{
    private static Tensor Input => (arange(64, ScalarType.Float32).reshape(2, 2, 4, 4) * 0.37).sin();

    private static Conv2d WithWeights(Conv2d convolution)
    {
        convolution.weight = torch.nn.Parameter((arange(54, ScalarType.Float32).reshape(3, 2, 3, 3) * 0.11).cos());
        convolution.bias = torch.nn.Parameter(tensor(new[] { 0.1f, -0.2f, 0.3f }));
        return convolution;
    }

    private static Tensor Corners(Tensor y) => stack([y.sum(), y[0, 0, 0, 0], y[1, 2, 3, 3]]);

    [Fact]
    public void Convolution_with_stride_and_padding()
    {
        using var convolution = WithWeights(torch.nn.Conv2d(2, 3, 3, stride: 2, padding: 1));
        Expect.Values(convolution.call(Input),
            1.22332704, 3.06232119, 1.97941017, 0.958524585, -3.50304151, -7.03288603, -0.551729918, 2.3654983, 1.80509377, 2.77500081,
            -1.29951811, -2.60003996, -0.151991338, 1.4097991, 2.68057561, 3.31866121, -0.285162508, -4.0650878, -2.93556476, -1.46602178, 0.619760275, 2.06587434,
            -0.103728831, -1.91121483);
    }

    [Fact]
    public void Convolution_with_reflected_border()
    {
        using var convolution = WithWeights(torch.nn.Conv2d(2, 3, 3, padding: 1, padding_mode: PaddingModes.Reflect));
        Expect.Values(Corners(convolution.call(Input)), -11.3594398, 6.44310427, 0.884178102);
    }

    [Fact]
    public void Convolution_that_keeps_the_size()
    {
        using var convolution = WithWeights(torch.nn.Conv2d(2, 3, 3, Padding.Same, dilation: 2));
        Expect.Values(Corners(convolution.call(Input)), 5.34623814, 0.388101935, -0.652028322);
        Assert.Throws<ArgumentException>(() => torch.nn.Conv2d(2, 3, 3, Padding.Same, stride: 2));
    }

    [Fact]
    public void Convolution_refuses_other_channels()
    {
        using var convolution = torch.nn.Conv2d(3, 6, (3, 1), groups: 3, bias: false);
        Assert.Equal([6, 1, 3, 1], convolution.weight.shape);
        Assert.Null(convolution.bias);
        Assert.Throws<ArgumentException>(() => convolution.call(Input));
    }

    [Fact]
    public void Batch_norm_learns_the_statistics_it_later_uses()
    {
        using var norm = torch.nn.BatchNorm2d(2);
        norm.call(Input);
        var y = norm.call(Input * 2 + 1);
        Expect.Values(stack([y[0, 0, 0, 0], y[1, 1, 3, 3]]), -0.0540229082, -1.46498454);
        Expect.Values(norm.running_mean!, 0.111090042, 0.114770994);
        Expect.Values(norm.running_var!, 1.06345224, 1.05489182);
        Assert.Equal(2, norm.num_batches_tracked!.item<long>());

        norm.eval();
        y = norm.call(Input);
        Expect.Values(stack([y[0, 0, 0, 0], y[1, 1, 3, 3]]), -0.107724398, -1.05463636);
        Assert.Equal(2, norm.num_batches_tracked!.item<long>());
        Assert.Throws<ArgumentException>(() => norm.call(ones(4, 2)));
    }

    [Fact]
    public void Batch_norm_without_momentum_averages_over_all_batches()
    {
        using var norm = torch.nn.BatchNorm1d(3);
        norm.momentum = null;
        var x = (arange(12, ScalarType.Float32).reshape(4, 3) * 0.7).sin();
        norm.call(x);
        norm.call(x * 3);
        Expect.Values(norm.running_mean!, 0.00422367919, 0.326869935, 0.495783985);
        Expect.Values(norm.running_var!, 2.50839925, 3.02872324, 3.70555377);
        Assert.Throws<ExternalException>(() => norm.call(ones(1, 3)));
    }

    [Fact]
    public void Pooling()
    {
        var x = Input[TensorIndex.Slice(0, 1)];
        Expect.Values(torch.nn.MaxPool2d(2).call(x), 0.995880842, 0.895698667, 0.180596232, -0.529836178, 0.996475637, 0.959374726,
            0.518228114, -0.193984255);
        Expect.Values(torch.nn.AvgPool2d(3, stride: 2, padding: 1).call(x), 0.257641256, 0.468165189, -0.000879228115, -0.199226648,
            0.171860531, 0.42248413, 0.0908475518, -0.0729411542);
        Expect.Values(torch.nn.AvgPool2d(3, stride: 2, padding: 1, count_include_pad: false).call(x), 0.579692841, 0.702247798,
            -0.00131884217, -0.199226648, 0.386686206, 0.63372618, 0.136271328, -0.0729411542);
        Expect.Values(torch.nn.AdaptiveAvgPool2d(1).call(Input), 0.0219942741, 0.0409100652, 0.0544887185, 0.0609588325);
    }

    [Fact]
    public void Activations()
    {
        var x = tensor(new[] { -1f, 0.5f, 7f });
        Expect.Values(torch.nn.ReLU().call(x), 0, 0.5, 7);
        Expect.Values(torch.nn.ReLU6().call(x), 0, 0.5, 6);
        Expect.Values(torch.nn.Sigmoid().call(x), 0.268941432, 0.622459352, 0.999088943);
        Expect.Values(torch.nn.Softmax(0).call(x).log(), -8.00183868, -6.50183868, -0.00183862858);
        Expect.Values(torch.nn.LogSoftmax(0).call(x), -8.00183868, -6.50183868, -0.00183862858);
        Expect.Values(torch.nn.Identity().call(x), -1, 0.5, 7);
        torch.nn.ReLU(inplace: true).call(x);
        Expect.Values(x, 0, 0.5, 7);
    }

    [Fact]
    public void Dropout_acts_in_training_only()
    {
        using var dropout = torch.nn.Dropout(0.5);
        var y = dropout.call(ones(1000));
        Assert.Equal(1000, y.eq(0).logical_or(y.eq(2)).sum().item<long>());
        Assert.InRange(y.eq(0).sum().item<long>(), 400, 600);
        dropout.eval();
        Expect.Values(dropout.call(ones(2)), 1, 1);
    }

    [Fact]
    public void Sequence_runs_in_order_and_counts()
    {
        using var sequential = torch.nn.Sequential(("flat", torch.nn.Flatten()), ("fc", torch.nn.Linear(4, 2))).append(torch.nn.ReLU());
        Assert.Equal(3, sequential.Count);
        Assert.IsType<Linear>(sequential[1]);
        Assert.Equal(["fc.weight", "fc.bias"], sequential.named_parameters().Select(p => p.name));
        Assert.Equal(["flat", "fc", "2"], sequential.named_children().Select(c => c.name));
        Assert.Equal([3, 2], sequential.call(ones([3, 2, 2])).shape);
        Expect.Values(torch.nn.Sequential().call(ones(2)), 1, 1);
    }

    [Fact]
    public void Linear_adds_its_bias()
    {
        using var linear = torch.nn.Linear(torch.nn.Parameter(tensor(new[,] { { 1f, 2f }, { 3f, 4f } })),
            torch.nn.Parameter(tensor(new[] { 0.5f, -0.5f })));
        Assert.Equal((2, 2), (linear.in_features, linear.out_features));
        Expect.Values(linear.call(tensor(new[,] { { 1f, -1f } })), -0.5, -1.5);
    }
}
