using DistillKit.Metrics;
using DistillKit.Networks;

namespace DistillKit.Tests.Metrics;

public sealed class ModelCostTests
{
    [Theory]
    [InlineData("""{"family":"resnet","depth":18,"stem":"ImageNet","classes":1000}""", 11_689_512, 1_814_073_344)]
    [InlineData("""{"family":"mobilenetv2","stem":"ImageNet","classes":1000}""", 3_504_872, 300_774_272)]
    public void Published_networks_cost_what_is_published(string spec, long parameters, long multiplyAccumulates)
    {
        using var model = ModelSpec.Parse(spec).Build();
        Assert.Equal(new ModelCost(parameters, multiplyAccumulates), ModelCost.Of(model.ToGraph(224)));
    }
}
