using System.Runtime.CompilerServices;
using DistillKit.Networks;

namespace DistillKit.Tests.Networks;

/// <summary>The fixtures list <c>state_dict()</c> of torchvision 0.14.1: a name and a shape on each line.</summary>
public sealed class TorchvisionKeysTests
{
    [Theory]
    [InlineData("resnet18", """{"family":"resnet","depth":18,"stem":"ImageNet","classes":1000}""")]
    [InlineData("resnet50", """{"family":"resnet","depth":50,"stem":"ImageNet","classes":1000}""")]
    [InlineData("mobilenet_v2", """{"family":"mobilenetv2","stem":"ImageNet","classes":1000}""")]
    [InlineData("mobilenet_v2-half", """{"family":"mobilenetv2","stem":"ImageNet","width":0.5}""")]
    public void Names_and_shapes_are_those_of_torchvision(string fixture, string spec)
    {
        using var model = ModelSpec.Parse(spec).Build();
        var actual = model.state_dict()
            .Select(entry => $"{entry.Key} {(entry.Value.shape.Length == 0 ? "scalar" : string.Join('x', entry.Value.shape))}");
        Assert.Equal(File.ReadAllLines(Fixture(fixture)).Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(18, 11_689_512)]
    [InlineData(34, 21_797_672)]
    [InlineData(50, 25_557_032)]
    [InlineData(101, 44_549_160)]
    [InlineData(152, 60_192_808)]
    public void The_published_depths_have_the_published_numbers_of_parameters(int depth, long parameters)
    {
        using var model = new ResNetSpec { Depth = depth, Stem = StemKind.ImageNet, Classes = 1000 }.Build();
        Assert.Equal(parameters, model.parameters().Sum(parameter => parameter.numel()));
    }

    private static string Fixture(string name, [CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "fixtures", "torchvision-keys", $"{name}.txt");
}
