using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

public sealed class PrecisionTests
{
    [Fact]
    public void An_explicit_precision_is_taken_as_it_is()
    {
        Assert.Equal(ScalarType.Float32, Precision.Float32.Resolve(CPU));
        Assert.Equal(ScalarType.BFloat16, Precision.BFloat16.Resolve(CPU));
    }

    [Fact]
    public void Auto_measures_once_and_keeps_to_its_answer()
    {
        var first = Precision.Auto.Resolve(CPU);
        Assert.True(first is ScalarType.Float32 or ScalarType.BFloat16);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(first, Precision.Auto.Resolve(CPU)));
    }
}
