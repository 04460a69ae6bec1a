using DistillKit.Models;
using DistillKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

public sealed class PrecisionTests
{
    private static readonly Device Gpu = new(DeviceType.CUDA);

    [Theory]
    [InlineData("resnet")]
    [InlineData("mobilenetv2")]
    public void An_explicit_precision_is_taken_as_it_is(string family)
    {
        using var network = Network(family);
        Assert.Equal(ScalarType.Float32, Precision.Float32.Resolve(network, Gpu));
        Assert.Equal(ScalarType.BFloat16, Precision.BFloat16.Resolve(network, CPU));
    }

    [Fact]
    public void On_a_processor_only_dense_convolutions_are_bfloat16()
    {
        using var dense = Network("resnet");
        using var depthwise = Network("mobilenetv2");
        Assert.Equal(PrecisionExtensions.MultipliesBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32, Precision.Auto.Resolve(dense, CPU));
        Assert.Equal(ScalarType.Float32, Precision.Auto.Resolve(depthwise, CPU));
        Assert.Equal(ScalarType.BFloat16, Precision.Auto.Resolve(depthwise, Gpu));
    }

    [Fact]
    public void The_processor_is_asked_what_it_says_of_itself()
    {
        if (!OperatingSystem.IsLinux()) return;
        var flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Split(' ') ?? [];
        Assert.Equal(flags.Contains("avx512_bf16") || flags.Contains("amx_bf16"), PrecisionExtensions.MultipliesBFloat16);
    }

    private static ImageClassifier Network(string family) => family == "resnet" ? new ResNetSpec { Depth = 18, Width = 0.25 }.Build() : new MobileNetV2Spec { Width = 0.25 }.Build();
}
