using DistillKit.Networks;

namespace DistillKit.Tests.Networks;

public sealed class ModelSpecTests
{
    public static TheoryData<string> Valid =>
    [
        """{"family":"resnet","depth":18}""",
        """{"family":"resnet","blocks":[1,1,1,1],"strides":[1,2,2,2],"width":0.25,"zeroInitResidual":true}""",
        """{"family":"resnet","blocks":[2],"bottleneck":true,"stem":"ImageNet","classes":1000}""",
        """{"family":"mobilenetv2","activation":"ReLU","dropout":0,"strides":[1,1,2,2,1,2,1]}""",
        """{"width":0.5,"family":"mobilenetv2"}""",
    ];

    public static TheoryData<string, string> Invalid => new()
    {
        { """{"family":"resnet","depth":20}""", "depth" },
        { """{"family":"resnet"}""", "blocks" },
        { """{"family":"resnet","depth":18,"blocks":[1,1]}""", "blocks" },
        { """{"family":"resnet","depth":18,"bottleneck":true}""", "bottleneck" },
        { """{"family":"resnet","blocks":[]}""", "blocks" },
        { """{"family":"resnet","blocks":[1,0]}""", "blocks" },
        { """{"family":"resnet","depth":18,"strides":[1,2]}""", "strides" },
        { """{"family":"resnet","depth":18,"strides":[1,2,2,3]}""", "strides" },
        { """{"family":"resnet","depth":18,"width":0}""", "width" },
        { """{"family":"resnet","depth":18,"classes":1}""", "classes" },
        { """{"family":"resnet","depth":18,"stem":7}""", "stem" },
        { """{"family":"resnet","depth":18,"dropout":0.5}""", "dropout" },
        { """{"family":"mobilenetv2","dropout":1}""", "dropout" },
        { """{"family":"mobilenetv2","strides":[1,2]}""", "strides" },
        { """{"family":"mobilenetv2","activation":"None"}""", "activation" },
        { """{"family":"mobilenetv2","activation":"GELU"}""", "activation" },
        { """{"family":"vgg"}""", "family" },
        { """{"depth":18}""", "family" },
        { "null", "family" },
        { "[", "spec" },
    };

    [Theory, MemberData(nameof(Valid))]
    public void Json_round_trips(string json)
    {
        var spec = ModelSpec.Parse(json);
        Assert.Equal(spec.ToJson(), ModelSpec.Parse(spec.ToJson()).ToJson());
    }

    [Theory, MemberData(nameof(Invalid))]
    public void A_wrong_field_is_refused_in_one_line_that_names_it(string json, string field)
    {
        var error = Assert.Throws<UserException>(() => ModelSpec.Parse(json));
        Assert.Contains(field, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Building_checks_the_fields() =>
        Assert.Contains("width", Assert.Throws<UserException>(() => new MobileNetV2Spec { Width = -1 }.Build()).Message);
}
