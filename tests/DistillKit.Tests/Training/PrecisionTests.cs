using DistillKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

public sealed class PrecisionTests
{
    [Theory]
    [InlineData(Precision.Float32, DeviceType.CPU, ScalarType.Float32)]
    [InlineData(Precision.Float32, DeviceType.CUDA, ScalarType.Float32)]
    [InlineData(Precision.BFloat16, DeviceType.CPU, ScalarType.BFloat16)]
    [InlineData(Precision.Auto, DeviceType.CUDA, ScalarType.BFloat16)]
    public void The_recipe_and_the_device_decide(Precision precision, DeviceType device, ScalarType expected) =>
        Assert.Equal(expected, precision.Resolve(new Device(device)));

    [Fact]
    public void A_processor_computes_in_bfloat16_where_it_has_tiles_for_it() => Assert.Equal(
        PrecisionExtensions.HasTiles ? ScalarType.BFloat16 : ScalarType.Float32, Precision.Auto.Resolve(CPU));

    [Fact]
    public void An_unknown_precision_is_refused() => Assert.Throws<NotSupportedException>(() => ((Precision)9).Resolve(CPU));
}
