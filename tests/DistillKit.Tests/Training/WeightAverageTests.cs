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
        var average = ModelState.Copy(model.state_dict());
        Set(1);
        Assert.Equal(0f, Value());
        Update(0);
        Assert.Equal(0.9f, Value(), tolerance: 1e-6f); // kept 1/10
        Set(3);
        Update(1);
        Assert.Equal(0.9f * 0.15f + 3 * 0.85f, Value(), tolerance: 1e-6f); // 2/11 would be more than the decay
        Assert.Equal(3f, model.weight!.item<float>());

        void Set(double value)
        {
            using var frozen = no_grad();
            model.weight!.fill_(value);
        }
        void Update(int step) => ModelState.Average(average, model.state_dict(), 0.15, step);
        float Value() => average["weight"].item<float>();
    }

    [Fact]
    public void Statistics_are_averaged_and_counters_copied()
    {
        using var scope = NewDisposeScope();
        using var norm = new DistillKit.Networks.BatchNorm(1);
        var average = ModelState.Copy(norm.state_dict());
        norm.call(ones(2, 1, 2, 2));
        ModelState.Average(average, norm.state_dict(), 0.9, 0);
        Assert.Equal(1, average["num_batches_tracked"].item<long>());
        Assert.Equal(0.09f, average["running_mean"].item<float>(), tolerance: 1e-6f); // 0.9 of the running mean's 0.1
    }
}
