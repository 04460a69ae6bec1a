using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Networks;

public sealed class ImageClassifierTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public static TheoryData<string> Specs =>
    [
        """{"family":"resnet","blocks":[1,1],"width":0.125}""",
        """{"family":"resnet","blocks":[1,1],"width":0.125,"pooled":true}""",
        """{"family":"resnet","blocks":[1,2],"width":0.125,"bottleneck":true,"stem":"ImageNet"}""",
        """{"family":"mobilenetv2","width":0.1}""",
        """{"family":"mobilenetv2","width":0.1,"activation":"ReLU","stem":"ImageNet","dropout":0}""",
    ];

    public void Dispose() => scope.Dispose();

    [Theory, MemberData(nameof(Specs))]
    public void Logits_are_float32_whatever_the_compute_type(string spec)
    {
        var model = ModelSpec.Parse(spec).Build();
        var images = rand(4, 3, 32, 32);
        model.eval();
        var precise = model.call(images);
        model.ComputeType = ScalarType.BFloat16;
        var coarse = model.call(images);
        Assert.Equal([4L, 10], precise.shape);
        Assert.Equal(ScalarType.Float32, precise.dtype);
        Assert.Equal(ScalarType.Float32, coarse.dtype);
        Assert.True(allclose(precise, coarse, rtol: 0.1, atol: 0.1));
    }

    [Theory, MemberData(nameof(Specs))]
    public void Every_parameter_gets_a_gradient_in_both_compute_types(string spec)
    {
        var model = ModelSpec.Parse(spec).Build();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            model.ComputeType = type;
            model.zero_grad();
            model.call(rand(4, 3, 32, 32)).pow(2).sum().backward();
            Assert.All(model.named_parameters(), entry => Assert.True(entry.parameter.grad is not null, entry.name));
        }
    }

    [Theory, MemberData(nameof(Specs))]
    public void Tapped_features_have_the_announced_channels_and_leave_the_logits_as_they_are(string spec)
    {
        var model = ModelSpec.Parse(spec).Build();
        model.eval();
        var images = rand(2, 3, 32, 32);
        var names = model.Features.Select(feature => feature.Name).Reverse().ToList();
        var (logits, features) = model.ForwardWithFeatures(images, names);
        Assert.True(allclose(model.call(images), logits));
        Assert.Equal(model.Features.Select(feature => (long)feature.Channels).Reverse(), features.Select(feature => feature.shape[1]));
    }

    [Fact]
    public void Feature_names_are_torchvisions()
    {
        Assert.Equal(
            ["stem", "layer1", "layer2", "layer3", "layer4"],
            new ResNetSpec { Depth = 18 }.Build().Features.Select(feature => feature.Name));
        Assert.Equal(
            Enumerable.Range(0, 19).Select(index => $"features.{index}"),
            new MobileNetV2Spec().Build().Features.Select(feature => feature.Name));
    }

    [Fact]
    public void An_unknown_feature_is_refused_with_the_list_of_names()
    {
        var model = new ResNetSpec { Blocks = [1], Width = 0.125 }.Build();
        var error = Assert.Throws<UserException>(() => model.ForwardWithFeatures(rand(1, 3, 8, 8), ["layer9"]));
        Assert.Contains("'layer9'; it has stem, layer1", error.Message);
    }

    [Theory, MemberData(nameof(Specs))]
    public void The_groups_hold_every_parameter_once_and_in_order(string spec)
    {
        var model = ModelSpec.Parse(spec).Build();
        Assert.Equal(
            model.parameters().Select(parameter => parameter.Handle),
            model.Groups.SelectMany(group => group.Parameters).Select(parameter => parameter.Handle));
        Assert.Equal(("stem", "head"), (model.Groups[0].Name, model.Groups[^1].Name));
    }

    [Fact]
    public void Freezing_stops_the_groups_up_to_the_named_one()
    {
        var model = new ResNetSpec { Blocks = [1, 1], Width = 0.125 }.Build();
        model.FreezeUpTo("layer1");
        Assert.Equal([false, false, true, true], model.Groups.Select(group => group.Parameters.Any(parameter => parameter.requires_grad)));
        model.call(rand(2, 3, 8, 8)).sum().backward();
        Assert.Equal(0, model.state_dict()["layer1.0.bn1.num_batches_tracked"].item<long>());
        Assert.Equal(1, model.state_dict()["layer2.0.bn1.num_batches_tracked"].item<long>());

        model.FreezeUpTo(null);
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad));
        Assert.Contains("it has stem, layer1, layer2, head", Assert.Throws<UserException>(() => model.FreezeUpTo("layer7")).Message);
    }

    [Fact]
    public void A_forward_pass_leaves_nothing_behind_but_its_logits()
    {
        var model = new MobileNetV2Spec { Width = 0.1 }.Build();
        using var step = NewDisposeScope();
        using var images = rand(2, 3, 16, 16);
        var before = step.DisposablesCount;
        var logits = model.call(images);
        Assert.Equal(before + 1, step.DisposablesCount);
        Assert.Equal([2L, 10], logits.shape);
    }

    [Fact]
    public void Other_compute_types_are_refused() =>
        Assert.Throws<UserException>(() => new ResNetSpec { Blocks = [1], Width = 0.125 }.Build().ComputeType = ScalarType.Int8);
}
