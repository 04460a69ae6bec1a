using DistillKit.Graphs;
using DistillKit.Networks;
using DistillKit.Tests.Parity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Networks;

[Collection(GlobalSettingsCollection.Name)]
public sealed class BatchNormTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();
    private readonly int threads = get_num_threads();

    public void Dispose()
    {
        scope.Dispose();
        set_num_threads(threads);
    }

    [Theory]
    [InlineData(Activation.None, 8, 1)]
    [InlineData(Activation.ReLU, 24, 2)]
    [InlineData(Activation.ReLU, 16, 3)]
    [InlineData(Activation.ReLU6, 40, 2)]
    [InlineData(Activation.ReLU, 12, 2)] // channels that do not fill vectors: the engine's own norm
    public void With_its_activation_it_learns_as_the_engines_norm_and_activation(Activation activation, int channels, int threads)
    {
        set_num_threads(threads);
        // 7 * 5 * 3 pixels: neither equal shares of them nor whole parts of a sum. The means are far from 0, and one channel never varies.
        var values = Formula.Tensor("maps", [7, channels, 5, 3], scale: 2, offset: 30);
        using (no_grad()) values.select(1, 3).fill_(Number.Of(5f));
        var (own, engine) = (Run(values, activation, isOwn: true), Run(values, activation, isOwn: false));
        foreach (var (name, expected) in engine) Close.AssertRelative(expected, own[name], 2e-4, name);
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16, ScalarType.BFloat16)]
    public void The_result_is_in_the_type_of_the_next_layer_and_the_gradient_in_that_of_the_maps(ScalarType given, ScalarType wanted)
    {
        var maps = Formula.Tensor("maps", [4, 16, 6, 6]).to(given);
        var norm = new BatchNorm(16);
        var input = ChannelsLast.Of(maps).requires_grad_();
        var result = norm.Activate(input, Activation.ReLU, wanted);
        Assert.Equal(wanted, result.dtype);
        result.backward([Formula.Tensor("upstream", [4, 16, 6, 6]).to(wanted)]);
        Assert.Equal(given, input.grad!.dtype);

        var (exact, reference) = (maps.to(ScalarType.Float32).requires_grad_(), new BatchNorm(16));
        var expected = reference.call(exact).relu();
        expected.backward([Formula.Tensor("upstream", [4, 16, 6, 6]).to(wanted).to(ScalarType.Float32)]);
        Close.AssertRelative(expected, result, 0.005, "result");
        Close.AssertRelative(exact.grad!, input.grad!, 0.005, "gradient");
    }

    [Fact]
    public void A_step_is_the_same_again_on_as_many_threads()
    {
        set_num_threads(2);
        var values = Formula.Tensor("maps", [6, 8, 9, 9]);
        var (first, second) = (Run(values, Activation.ReLU, isOwn: true), Run(values, Activation.ReLU, isOwn: true));
        foreach (var (name, expected) in first) Assert.True(expected.Equals(second[name]), name);
    }

    [Fact]
    public void The_result_may_be_changed_in_place_and_the_maps_stay()
    {
        var maps = ChannelsLast.Of(Formula.Tensor("maps", [2, 8, 4, 4]));
        var copy = maps.clone();
        var input = maps.requires_grad_();
        new BatchNorm(8).Activate(input, Activation.None).add_(input, Number.One).relu_().sum().backward();
        Assert.True(input.eq(copy).all().item<bool>());
        Assert.True(input.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Nothing_but_the_result_is_left_in_the_scope()
    {
        var (maps, norm) = (Formula.Tensor("maps", [2, 8, 4, 4]), new BatchNorm(8));
        using var inner = NewDisposeScope();
        norm.Activate(maps, Activation.ReLU);
        Assert.Equal(1, inner.DisposablesCount);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e30f)] // its square is no float32
    public void A_value_beyond_all_bounds_is_not_hidden(float value)
    {
        var maps = Formula.Tensor("maps", [2, 8, 4, 4]);
        using (no_grad()) maps[0, 2, 1, 1] = value;
        Assert.True(new BatchNorm(8).Activate(maps, Activation.ReLU).isnan().any().item<bool>());
    }

    [Fact]
    public void What_it_saves_for_the_gradient_is_freed_with_it()
    {
        var norm = new BatchNorm(64);
        void Step()
        {
            using var inner = NewDisposeScope();
            var maps = rand(64, 64, 32, 32).requires_grad_();
            norm.Activate(maps, Activation.ReLU).sum().backward();
            norm.zero_grad();
        }
        for (var step = 0; step < 5; step++) Step();
        var before = Environment.WorkingSet;
        for (var step = 0; step < 40; step++) Step();
        // Each step has 16 MiB of maps.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 200L << 20);
    }

    private static Dictionary<string, Tensor> Run(Tensor values, Activation activation, bool isOwn)
    {
        var channels = values.shape[1];
        var norm = new BatchNorm((int)channels);
        var state = norm.state_dict();
        using (no_grad())
        {
            state["weight"].copy_(Formula.Tensor("weight", [channels], scale: 0.5, offset: 1));
            state["bias"].copy_(Formula.Tensor("bias", [channels], scale: 2));
        }
        var input = ChannelsLast.Of(values).requires_grad_();
        var result = isOwn
            ? norm.Activate(input, activation)
            : activation.Apply(nn.functional.batch_norm(
                input, state["running_mean"], state["running_var"], state["weight"], state["bias"], training: true, 0.1, 1e-5));
        var upstream = Formula.Tensor("upstream", values.shape);
        result.backward([upstream]);
        return new()
        {
            ["result"] = result.detach(),
            ["gradient"] = input.grad!,
            ["gradient of the weight"] = state["weight"].grad!,
            ["gradient of the bias"] = state["bias"].grad!,
            ["running mean"] = state["running_mean"],
            ["running variance"] = state["running_var"],
        };
    }
}
