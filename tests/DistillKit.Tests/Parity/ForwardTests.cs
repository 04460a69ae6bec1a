using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

public sealed class ForwardTests
{
    public static TheoryData<string, string> Networks => new()
    {
        { "resnet18", """{ "family": "resnet", "depth": 18, "stem": "ImageNet", "classes": 1000 }""" },
        { "resnet18-cifar", """{ "family": "resnet", "depth": 18 }""" },
        { "resnet152", """{ "family": "resnet", "depth": 152, "stem": "ImageNet", "classes": 1000 }""" },
        { "resnet152-cifar", """{ "family": "resnet", "depth": 152 }""" },
        { "mobilenetv2", """{ "family": "mobilenetv2", "stem": "ImageNet", "classes": 1000 }""" },
        { "mobilenetv2-cifar", """{ "family": "mobilenetv2" }""" },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Network_has_torchvisions_parameters_and_computes_its_logits(string name, string spec)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load($"forward-{name}");
        using var network = ModelSpec.Parse(spec).Build();

        var parameters = network.state_dict().Select(entry => $"{entry.Key} {string.Join('x', entry.Value.shape)}".TrimEnd());
        Assert.Equal(fixture.Text("parameters").Split('\n').Order(StringComparer.Ordinal), parameters.Order(StringComparer.Ordinal));

        Formula.Fill(network, fixture.Number("gain"));
        network.eval();
        using var frozen = no_grad();
        var logits = network.call(Formula.Images("images", 2, (int)fixture.Number("size")));
        Close.Assert(fixture["logits"], logits, 1e-4, "logits");
    }
}
