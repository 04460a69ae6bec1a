using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.init;

namespace TorchSharp.Tests.Nn;

/// <summary>Expected numbers are PyTorch 1.13's on the CPU, after the same torch.manual_seed.</summary>
[Collection(GlobalGeneratorCollection.Name)]
public sealed class InitTests
{
    [Fact]
    public void Layers_start_as_PyTorchs_do()
    {
        manual_seed(1);
        using var convolution = Conv2d(2, 3, 3);
        Expect.Values(convolution.weight.flatten()[TensorIndex.Slice(0, 4)], 0.121448703, -0.10403385, -0.0456935912, 0.110631317);
        Expect.Values(convolution.bias!, 0.234771132, 0.188936204, -0.0110364333);
        manual_seed(1);
        using var linear = Linear(4, 2);
        Expect.Values(linear.weight, 0.2576316, -0.220689118, -0.0969307423, 0.234684467, -0.470718443, 0.29985863, -0.102862656,
            0.254371941);
        Expect.Values(linear.bias!, 0.0695084929, -0.0612220764);
    }

    [Fact]
    public void Random_fills_are_PyTorchs()
    {
        Drawn(t => kaiming_normal_(t, mode: FanInOut.FanOut, nonlinearity: NonlinearityType.ReLU), -0.289961338, 0.139876738, 0.317812145,
            -0.490874887);
        Drawn(t => kaiming_uniform_(t), 0.0493879281, -0.425956607, 0.225159332, 0.221876353);
        Drawn(t => xavier_normal_(t, 2.0), -0.438380331, 0.211473748, 0.48048678, -0.742133081);
        Drawn(t => xavier_uniform_(t), 0.0323319882, -0.278854072, 0.147401392, 0.145252168);
        Drawn(t => trunc_normal_(t, 0.1, 0.5, -0.4, 0.7), 0.159239799, -0.157837003, 0.275791228, 0.273545206);
        Drawn(t => normal_(t, 1, 0.1), 0.917986572, 1.03956306, 1.08989084, 0.861159623);
        Drawn(t => uniform_(t, -1, 3), 1.13969016, -0.204787254, 1.63684678, 1.62756109);

        static void Drawn(Func<Tensor, Tensor> fill, params double[] first)
        {
            var weight = Parameter(zeros([4, 3, 2, 2]));
            manual_seed(7);
            Assert.Same(weight, fill(weight));
            Expect.Values(weight.flatten()[TensorIndex.Slice(0, 4)], first);
        }
    }

    [Fact]
    public void Fans_and_gains()
    {
        Assert.Equal((12, 16), CalculateFanInAndFanOut(zeros([4, 3, 2, 2])));
        Assert.Equal((3, 4), CalculateFanInAndFanOut(zeros(4, 3)));
        Assert.Throws<ArgumentException>(() => CalculateFanInAndFanOut(zeros(4)));
        Assert.Equal(Math.Sqrt(2), calculate_gain(NonlinearityType.ReLU));
        Assert.Equal(1, calculate_gain(NonlinearityType.Linear));
        Expect.Values(constant_(empty([2L]), 1.5), 1.5, 1.5);
    }

    [Fact]
    public void Gradients_are_clipped_by_their_joint_norm()
    {
        var parameters = new[] { WithGradient(zeros(2), 3, -4), WithGradient(zeros(1, 3), 1, 2, -2), Parameter(zeros(1)) };
        Assert.Equal(5.830951690673828, utils.clip_grad_norm_(parameters, 2.0), 6);
        Expect.Values(parameters[0].grad!, 1.02899146, -1.37198853);
        Expect.Values(parameters[1].grad!, 0.342997134, 0.685994267, -0.685994267);
        Assert.Equal(2, utils.clip_grad_norm_(parameters, 5.0), 6);

        parameters = [WithGradient(zeros(2), 3, -4), WithGradient(zeros(1, 3), 1, 2, -2)];
        Assert.Equal(4, utils.clip_grad_norm_(parameters, 2.0, double.PositiveInfinity));
        Expect.Values(parameters[1].grad!, 0.499999881, 0.999999762, -0.999999762);
        utils.clip_grad_value_(parameters, 0.75);
        Expect.Values(parameters[1].grad!, 0.499999881, 0.75, -0.75);
    }

    [Fact]
    public void Parameters_become_a_vector_and_come_back()
    {
        using var source = Linear(2, 3);
        using var target = Linear(2, 3);
        var vector = utils.parameters_to_vector(source.parameters());
        Assert.Equal([9], vector.shape);
        utils.vector_to_parameters(vector, target.parameters());
        Assert.True(source.weight.Equals(target.weight) && source.bias!.Equals(target.bias));
    }

    private static Parameter WithGradient(Tensor data, params float[] gradient)
    {
        var parameter = Parameter(data);
        parameter.grad = tensor(gradient).reshape(parameter.shape);
        return parameter;
    }
}
