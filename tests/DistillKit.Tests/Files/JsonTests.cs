using DistillKit.Files;
using DistillKit.Networks;
using DistillKit.Quantization.Plans;

namespace DistillKit.Tests.Files;

public sealed class JsonTests
{
    [Theory]
    [InlineData("""{ "strategy": "Static", "strategy": "Dynamic" }""", "it has 'strategy' twice")]
    [InlineData("""{ "weights": { "bits": 4, "Bits": 8 } }""", "weights has 'Bits' twice")]
    [InlineData("""{ "layers": { "fc": {}, "fc": {} } }""", "layers has 'fc' twice")]
    [InlineData("""{ "layers": { "fc": { "strateggy": "Float" } } }""", "'strateggy' is not known: layers.fc has strategy, ")]
    [InlineData("""{ "layers": [] }""", "'layers' must be an object")]
    [InlineData("""{ "strategy": 0 }""", "'strategy' must be one of Static, ")]
    [InlineData("""{ "strategy": "0" }""", "'strategy' must be one of Static, ")]
    [InlineData("""{ "strategy": "Static, Dynamic" }""", "'strategy' must be one of Static, ")]
    [InlineData("""{ /* here */ "bits": 4 }""", "'bits' is not known: it has strategy, weights")]
    [InlineData("""{ "weights": { "bits": "4" } }""", "'weights.bits' must be a whole number")]
    [InlineData("""{ "weights": null }""", "'weights' must be an object")]
    [InlineData("[]", "it must be a JSON object")]
    [InlineData("{\n  \"weights\": }", "it is not JSON at line 2, byte 14")]
    public void A_mistake_in_a_plan_has_its_place(string json, string expected)
    {
        Assert.StartsWith(expected, Assert.Throws<InvalidDataException>(() => Json.Read<QuantizationPlan>(json)).Message);
        Assert.Contains(expected, Assert.Throws<UserException>(() => QuantizationPlan.Parse(json, "mine.json")).Message);
    }

    [Theory]
    [InlineData("""{ "width": 2 }""", "it must have a 'family', one of resnet, mobilenetv2")]
    [InlineData("""{ "family": "vgg" }""", "it must have a 'family', one of resnet, mobilenetv2, not 'vgg'")]
    [InlineData("""{ "family": "resnet", "dropout": 0.1 }""", "'dropout' is not known: it has family, ")]
    public void A_mistake_in_a_spec_has_its_place(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserException>(() => ModelSpec.Parse(json)).Message);

    [Fact]
    public void Comments_trailing_commas_and_any_order_are_allowed() => Assert.Equal(
        new ResNetSpec { Depth = 50, Classes = 7 }.ToJson(),
        ModelSpec.Parse("""{ "classes": 7, /* as many as in the photographs */ "depth": 50, "family": "resnet", }""").ToJson());
}
