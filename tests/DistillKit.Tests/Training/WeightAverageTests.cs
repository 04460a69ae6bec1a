using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

public sealed class WeightAverageTests
{
    [Fact]
    public void The_average_starts_as_a_copy_and_follows_with_a_growing_memory()
    {
        using var scope = NewDisposeScope();
        using var model = nn.Linear(1, 1, hasBias: false);
        Set(0);
        using var average = new WeightAverage(model, decay: 0.15);
        Set(1);
        Assert.Equal(0f, Value());
        average.Update(0);
        Assert.Equal(0.9f, Value(), tolerance: 1e-6f); // kept 1/10
        Set(3);
        average.Update(1);
        Assert.Equal(0.9f * 0.15f + 3 * 0.85f, Value(), tolerance: 1e-6f); // 2/11 would be more than the decay
        Assert.Equal(3f, model.weight!.item<float>());

        void Set(double value)
        {
            using var frozen = no_grad();
            model.weight!.fill_(value);
        }
        float Value() => average.Values["weight"].item<float>();
    }

    [Fact]
    public void Statistics_are_averaged_and_counters_copied()
    {
        using var scope = NewDisposeScope();
        using var norm = new DistillKit.Networks.BatchNorm(1);
        using var average = new WeightAverage(norm, decay: 0.9);
        norm.call(ones(2, 1, 2, 2));
        average.Update(0);
        Assert.Equal(1, average.Values["num_batches_tracked"].item<long>());
        Assert.Equal(0.09f, average.Values["running_mean"].item<float>(), tolerance: 1e-6f); // 0.9 of the running mean's 0.1
    }
}
