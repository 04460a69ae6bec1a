using DistillKit.Graphs;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.Simulation;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

/// <summary>Quantized layers and networks against PyTorch's modules for quantization-aware training (tests/fixtures/make_qat.py).</summary>
public sealed class AwareTrainingTests : IDisposable
{
    private static readonly string[] Results = ["images", "relu1", "relu2", "conv3", "add", "relu4", "mean"];

    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string, int, Granularity, RangeLearning> Layers => new()
    {
        { "8.", 8, Granularity.PerChannel, RangeLearning.Tracked },
        { "8.", 8, Granularity.PerChannel, RangeLearning.Fixed },
        { "4.", 4, Granularity.PerChannel, RangeLearning.Tracked },
        { "8.tensor.", 8, Granularity.PerTensor, RangeLearning.Tracked },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_with_its_norm_trains_on_the_batches_statistics_as_PyTorchs(
        string name, int bits, Granularity granularity, RangeLearning learning) =>
        Compare(name + "batch.", bits, granularity, learning, progress: 0.25);

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_with_a_frozen_norm_trains_as_PyTorchs(string name, int bits, Granularity granularity, RangeLearning learning) =>
        Compare(name + "frozen.", bits, granularity, learning, progress: 0.5);

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void A_quantized_network_computes_PyTorchs_logits_and_gradients(int bits)
    {
        using var fixture = Fixture.Load("aware-network");
        using var module = new GraphModule(QuantizedNetwork(fixture, bits));
        var logits = module.call(Formula.Images("images", 5, 16));
        nn.functional.cross_entropy(logits, Formula.Labels(5)).backward();
        Close.Assert(fixture[$"{bits}.logits"], logits, 1e-5, "logits");

        var parameters = module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        Assert.Equal(10, parameters.Count);
        Assert.All(parameters, entry => Close.AssertRelative(fixture[$"{bits}.{entry.Key}"], entry.Value.grad!, 1e-4, entry.Key));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void The_scales_of_weights_are_PyTorchs(int bits)
    {
        using var fixture = Fixture.Load("aware-network");
        foreach (var layer in QuantizedNetwork(fixture, bits).Layers)
            Close.AssertRelative(fixture[$"{bits}.{layer.Name}.scales"], tensor(layer.WeightQuantization!.Scales), 1e-6, layer.Name);
    }

    private static void Compare(string prefix, int bits, Granularity granularity, RangeLearning learning, double progress)
    {
        using var fixture = Fixture.Load("aware-layer");
        using var module = new GraphModule(QuantizedLayer(bits, granularity), new(RangeLearning.Fixed, learning, FreezeNormsAt: 0.5));
        module.Begin(progress);
        module.train();
        var values = Formula.Tensor("values", [4, 4, 9, 9], 1.7).requires_grad_();
        var result = module.call(values);
        result.backward([Formula.Tensor("upstream", [4, 6, 5, 5])]);

        Close.Assert(fixture[prefix + "result"], result, 1e-5, "result");
        Close.AssertRelative(fixture[prefix + "gradient.values"], values.grad!, 1e-4, "gradient of the input");
        var parameters = module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        Close.AssertRelative(fixture[prefix + "gradient.weight"], parameters["bn.weight"].grad!, 1e-4, "gradient of the weight");
        Close.AssertRelative(fixture[prefix + "gradient.beta"], parameters["bn.norm.bias"].grad!, 1e-4, "gradient of the norm's bias");
        // While the norm follows the batches, PyTorch adds to its weight's gradient how the rounding error depends on it; that is noise,
        // which is left out here.
        var gamma = prefix.Contains("batch") ? "gradient.gamma.norm" : "gradient.gamma";
        Close.AssertRelative(fixture[prefix + gamma], parameters["bn.norm.weight"].grad!, 1e-4, "gradient of the norm's weight");

        var state = module.state_dict();
        Close.Assert(fixture[prefix + "mean"], state["bn.norm.running_mean"], 1e-6, "running mean");
        Close.Assert(fixture[prefix + "variance"], state["bn.norm.running_var"], 1e-6, "running variance");
    }

    private static Graph QuantizedLayer(int bits, Granularity granularity)
    {
        Constant Vector(string name, double scale, double offset = 0) => Constant.Of(Formula.Tensor(name, [6], scale, offset));
        Graph graph = new(
        [
            new InputNode("images", 4, 9),
            new ConvNode(
                "conv", "images", Constant.Of(Formula.Tensor("weight", [6, 4, 3, 3], 0.3)), Bias: null, Stride: 2, Padding: 1, Groups: 1),
            new BatchNormalizationNode(
                "bn", "conv", Vector("gamma", 0.5, 0.4), Vector("beta", 0.3), Vector("mean", 0.2), Vector("variance", 0.5, 1), 1e-5),
            new ActivationNode("relu", "bn", Activation.ReLU),
        ]);
        var weights = QuantizationScheme.Weights with { Bits = bits, Granularity = granularity };
        var plan = new QuantizationPlan { Strategy = LayerStrategy.WeightOnly, Weights = weights };
        return Quantizer.Quantize(graph, plan, new Dictionary<string, QuantizationParameters>());
    }

    private static Graph QuantizedNetwork(Fixture fixture, int bits)
    {
        Graph graph = new(
        [
            new InputNode("images", 3, 16),
            Convolution("conv1", "images", 8, 3, 3, stride: 2, padding: 1), new ActivationNode("relu1", "conv1", Activation.ReLU),
            Convolution("conv2", "relu1", 8, 1, 3, padding: 1, groups: 8), new ActivationNode("relu2", "conv2", Activation.ReLU6),
            Convolution("conv3", "relu2", 8, 8, 1),
            new AddNode("add", "relu1", "conv3"),
            new MaxPoolNode("pool", "add", 3, 2, 1),
            Convolution("conv4", "pool", 12, 8, 3), new ActivationNode("relu4", "conv4", Activation.ReLU),
            new GlobalAveragePoolNode("mean", "relu4"),
            new GemmNode("fc", "mean", Weight("fc", 10, 12), Bias("fc", 10)),
        ]);
        var plan = new QuantizationPlan { Weights = QuantizationScheme.Weights with { Bits = bits } };
        Assert.Equal(Results, Quantizer.CalibratedResults(graph, plan).Keys);
        var ranges = Results.Index().ToDictionary(result => result.Item, result =>
        {
            var row = fixture["roundings"][result.Index].data<float>().ToArray();
            return new QuantizationParameters(QuantizationScheme.Activations, [row[0]], [(int)row[1]]);
        });
        return Quantizer.Quantize(graph, plan, ranges);
    }

    private static ConvNode Convolution(
        string name, string input, int outputs, int inputs, int kernel, int stride = 1, int padding = 0, int groups = 1) =>
        new(name, input, Weight(name, outputs, inputs, kernel, kernel), Bias(name, outputs), stride, padding, groups);

    private static Constant Weight(string name, params int[] shape)
    {
        var inputs = shape.Skip(1).Aggregate(1, (product, size) => product * size);
        return Constant.Of(Formula.Tensor($"{name}.weight", [.. shape.Select(size => (long)size)], 1.5 * Math.Sqrt(3.0 / inputs)));
    }

    private static Constant Bias(string name, int outputs) => Constant.Of(Formula.Tensor($"{name}.bias", [outputs], 0.2));
}
