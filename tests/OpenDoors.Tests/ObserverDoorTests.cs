using DistillKit;
using DistillKit.Data;
using DistillKit.Edge;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Networks;
using DistillKit.Quantization;
using DistillKit.Quantization.Observers;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Simulation;
using static TorchSharp.torch;

namespace OpenDoors.Tests;

/// <summary>An observer of one's own: a share of the range of all values.</summary>
public sealed class ShareObserver(float share) : RangeObserver
{
    private ValueRange? seen;

    public override void Observe(Tensor values)
    {
        var range = ValueRange.Of(values);
        seen = seen?.Union(range) ?? range;
    }

    protected override ValueRange? Choose(QuantizationScheme scheme) =>
        seen is { } all ? new(share * all.Minimum, share * all.Maximum) : null;
}

/// <summary>An observer of one's own that looks at the distribution: up to the last bin that holds more than a few values.</summary>
public sealed class CrowdObserver : HistogramObserver
{
    protected override ValueRange Choose(RangeHistogram histogram, ValueRange seen, QuantizationScheme scheme)
    {
        var last = RangeHistogram.Bins - 1;
        while (histogram.Counts[last] < 5) last--;
        return seen with { Maximum = (float)histogram.Edge(last + 1) };
    }
}

public sealed class ObserverDoorTests
{
    private static readonly QuantizationPlan MinMax = new() { Observer = new(ObserverKind.MinMax) };

    static ObserverDoorTests()
    {
        ObserverRecipe.Register("half", _ => new ShareObserver(0.5f));
        ObserverRecipe.Register("crowd", _ => new CrowdObserver());
    }

    [Theory]
    [InlineData("half")]
    [InlineData("Half")]
    [InlineData("crowd")]
    public void A_network_quantized_with_an_observer_of_ones_own_runs_in_Edge(string kind)
    {
        using var scope = NewDisposeScope();
        using var images = new DeviceImages(SyntheticImages.Create(32, seed: 1), CPU);
        var plan = QuantizationPlan.Parse($$"""{ "observer": { "kind": "{{kind}}" } }""", "a plan in a test");
        var quantized = PostTrainingQuantization.Run(Network(), new PostTrainingRecipe { Plan = plan }, images);

        var batch = images.Batches(8).Load(0).Images;
        using var module = new GraphModule(OnnxFile.FromBytes(OnnxFile.ToBytes(quantized)));
        module.eval();
        using var edge = EdgeModel.Load(OnnxFile.ToBytes(quantized));
        var logits = new float[8 * edge.Classes];
        edge.Run(batch.contiguous().data<float>().ToArray(), logits);
        var expected = module.call(batch).data<float>().ToArray();
        var step = quantized.Nodes.OfType<QuantizeNode>().Last().Parameters!.Scales[0];
        Assert.All(expected.Zip(logits), pair => Assert.Equal(pair.First, pair.Second, tolerance: 2 * step));
    }

    [Fact]
    public void Its_range_is_the_one_in_the_graph()
    {
        var graph = Network();
        using var images = new DeviceImages(SyntheticImages.Create(32, seed: 1), CPU);
        var whole = Calibration.Run(graph, MinMax, images);
        var half = Calibration.Run(graph, MinMax with { Observer = new("half") }, images);
        Assert.All(half, result => Assert.Equal(whole[result.Key].Scales[0] / 2, result.Value.Scales[0], 1e-6f));

        var crowd = Calibration.Run(graph, MinMax with { Observer = new("crowd") }, images);
        Assert.All(crowd, result => Assert.InRange(result.Value.Scales[0], 0, 1.01f * whole[result.Key].Scales[0]));
        var quantized = Quantizer.Quantize(graph, MinMax, crowd);
        Assert.All(quantized.Nodes.OfType<QuantizeNode>().Where(node => crowd.ContainsKey(node.Input)),
            node => Assert.Equal(crowd[node.Input], node.Parameters));
    }

    [Fact]
    public void One_layer_can_have_an_observer_of_its_own()
    {
        var graph = Network();
        using var images = new DeviceImages(SyntheticImages.Create(32, seed: 1), CPU);
        var layer = graph.Layers.First();
        var result = graph.OnlyConsumerOf<ActivationNode>(layer.Name)!.Name;
        var whole = Calibration.Run(graph, MinMax, images);
        var mixed = Calibration.Run(graph, MinMax.With(layer.Name, new(Observer: new("half"))), images);
        Assert.Equal([result], whole.Keys.Where(name => whole[name] != mixed[name]));
        Assert.Equal(whole[result].Scales[0] / 2, mixed[result].Scales[0], 1e-6f);
    }

    [Fact]
    public void A_plan_names_it_in_its_file()
    {
        var plan = new QuantizationPlan { Observer = new("half") }.With("fc", new(Observer: new("crowd")));
        var read = QuantizationPlan.Parse(plan.ToJson(), "a plan in a test");
        Assert.Equal(plan.Observer, read.Observer);
        Assert.Equal(plan.Layers["fc"], read.Layers["fc"]);
    }

    [Fact]
    public void A_name_that_nobody_registered_is_refused_when_a_plan_is_written_read_or_carried_out()
    {
        var file = Path.GetTempFileName();
        var plan = MinMax with { Observer = new("nobody's") };
        using var images = new DeviceImages(SyntheticImages.Create(2, seed: 1), CPU);
        Action[] uses =
        [
            () => plan.Save(file),
            () => QuantizationPlan.Parse("""{ "observer": { "kind": "nobody's" } }""", "a plan in a test"),
            () => QuantizationPlan.Parse("""{ "layers": { "fc": { "observer": { "kind": "nobody's" } } } }""", "a plan in a test"),
            () => Calibration.Run(Network(), plan, images),
        ];
        Assert.All(uses, use =>
        {
            var message = Assert.Throws<UserException>(use).Message;
            Assert.Contains("but is nobody's: give it to ObserverRecipe.Register first", message);
        });
        File.Delete(file);
    }

    [Fact]
    public void A_name_of_the_librarys_cannot_be_taken_but_ones_own_can_be_replaced()
    {
        Assert.Throws<ArgumentException>(() => ObserverRecipe.Register("minmax", _ => new CrowdObserver()));
        ObserverRecipe.Register("replaced", _ => new CrowdObserver());
        ObserverRecipe.Register("replaced", recipe => new ShareObserver((float)recipe.Momentum));
        Assert.IsType<ShareObserver>(new ObserverRecipe("replaced").Create());
        Assert.Contains("replaced", ObserverRecipe.Kinds);
    }

    private static Graph Network()
    {
        random.manual_seed(1);
        using var network = ModelSpec.Parse("""{ "family": "resnet", "blocks": [1, 1], "width": 0.125 }""").Build();
        return FoldBatchNorm.Apply(network.ToGraph(SyntheticImages.Create(1, seed: 1).ImageSize));
    }
}
