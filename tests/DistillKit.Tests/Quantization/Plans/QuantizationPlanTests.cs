using DistillKit.Graphs;
using DistillKit.Quantization.Observers;
using DistillKit.Quantization.Plans;

namespace DistillKit.Tests.Quantization.Plans;

/// <summary>Plans as files.</summary>
public sealed class QuantizationPlanTests
{
    private static readonly QuantizationPlan Full = new()
    {
        Strategy = LayerStrategy.Dynamic,
        Weights = QuantizationScheme.Weights with { Bits = 4, Granularity = Granularity.PerTensor },
        Activations = new(7, IsSigned: true),
        Observer = new(ObserverKind.Percentile, Percentile: 99.9),
        Layers = new Dictionary<string, LayerPlan>
        {
            ["fc"] = new(LayerStrategy.Float),
            ["layer1.0.conv1"] = new(Weights: QuantizationScheme.Weights, Activations: new(6)),
        },
    };

    [Fact]
    public void A_plan_is_read_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        foreach (var plan in new[] { Full, new() })
        {
            plan.Save(folder["plan.json"]);
            var read = QuantizationPlan.Load(folder["plan.json"]);
            Assert.Equal(plan with { Layers = read.Layers }, read);
            Assert.Equal(plan.Layers.OrderBy(layer => layer.Key), read.Layers.OrderBy(layer => layer.Key));
        }
    }

    [Fact]
    public void What_is_left_out_is_the_plans_default_and_comments_are_allowed()
    {
        var plan = QuantizationPlan.Parse("""
            {
              // the head stays as it is
              "layers": { "fc": { "strategy": "Float" }, },
            }
            """, "mine.json");
        Assert.Equal(new QuantizationPlan() with { Layers = plan.Layers }, plan);
        Assert.Equal(new LayerPlan(LayerStrategy.Float), Assert.Single(plan.Layers).Value);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("null", "JSON object")]
    [InlineData("[]", "JSON")]
    [InlineData("{ \"strategy\": \"Static\"", "JSON")]
    [InlineData("""{ "strategie": "Static" }""", "'strategie'")]
    [InlineData("""{ "layers": { "fc": { "strateg": "Float" } } }""", "'strateg'")]
    [InlineData("""{ "weights": { "bit": 4 } }""", "'bit'")]
    [InlineData("""{ "observer": { "percent": 99 } }""", "'percent'")]
    [InlineData("""{ "strategy": "Statical" }""", "strategy")]
    [InlineData("""{ "layers": null }""", "layers")]
    [InlineData("""{ "weights": null }""", "weights")]
    public void What_is_no_plan_is_refused_in_a_line(string json, string reason)
    {
        var message = Refusal(json);
        Assert.StartsWith("The plan mine.json cannot be read: ", message);
        Assert.Contains(reason, message);
    }

    [Theory]
    [InlineData("""{ "activations": { "granularity": "PerChannel" } }""", "activations must be quantized per tensor")]
    [InlineData(
        """{ "layers": { "fc": { "activations": { "granularity": "PerChannel" } } } }""", "activations must be quantized per tensor")]
    [InlineData("""{ "weights": { "isSigned": false, "isSymmetric": false } }""", "weights must be signed and symmetric")]
    [InlineData("""{ "layers": { "fc": { "weights": { "isSigned": true } } } }""", "weights must be signed and symmetric")]
    [InlineData("""{ "weights": { "bits": 1, "isSigned": true, "isSymmetric": true } }""", "bits must be 2 to 8")]
    [InlineData("""{ "activations": { "bits": 16 } }""", "bits must be 2 to 8")]
    [InlineData("""{ "observer": { "kind": "Percentile", "percentile": 3 } }""", "percentile must be above 50")]
    [InlineData("""{ "strategy": 7 }""", "strategy")]
    [InlineData("""{ "layers": { "fc": { "strategy": 7 } } }""", "strategy")]
    [InlineData("""{ "layers": { "fc": null } }""", "fc")]
    public void A_plan_that_cannot_be_carried_out_is_refused_in_a_line(string json, string reason) =>
        Assert.Contains(reason, Refusal(json));

    [Fact]
    public void A_plan_file_that_is_not_there_is_named() =>
        Assert.Contains("nowhere.json", Assert.Throws<UserException>(() => QuantizationPlan.Load("nowhere.json")).Message);

    [Fact]
    public void A_layer_that_the_network_does_not_have_is_named_with_some_that_it_has()
    {
        var graph = TestGraphs.Folded(TestGraphs.ResNet);
        var plan = new QuantizationPlan().With("layer9.conv1", new(LayerStrategy.Float));
        const string message = "The plan names a layer 'layer9.conv1' that the network does not have; "
            + "it has conv1, layer1.0.conv1, layer1.0.conv2, layer2.0.conv1, ... fc.";
        Assert.Equal(message, Assert.Throws<UserException>(() => Quantizer.CalibratedResults(graph, plan)).Message);
        Assert.Equal(
            message,
            Assert.Throws<UserException>(() => Quantizer.Quantize(graph, plan, new Dictionary<string, QuantizationParameters>())).Message);
        // A result that is no layer is none either.
        Assert.Throws<UserException>(() => new QuantizationPlan().With("layer1.0.add", new(LayerStrategy.Float)).ValidateFor(graph));
    }

    [Fact]
    public void One_layers_entry_is_replaced()
    {
        var plan = Full.With("fc", new(LayerStrategy.WeightOnly)).With("conv1", new());
        Assert.Equal(["conv1", "fc", "layer1.0.conv1"], plan.Layers.Keys.Order());
        Assert.Equal(LayerStrategy.WeightOnly, plan.Layers["fc"].Strategy);
        Assert.Equal(LayerStrategy.Float, Full.Layers["fc"].Strategy);
    }

    private static string Refusal(string json)
    {
        var message = Assert.Throws<UserException>(() => QuantizationPlan.Parse(json, "mine.json")).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
