using DistillKit.Runs.Benchmarks;

namespace DistillKit.Runs.Tests.Benchmarks;

public sealed class RuntimeAgreementTests
{
    [Fact]
    public void Counts_the_same_first_classes_and_averages_the_differences()
    {
        float[] one = [1, 2, 3, 9, 5, 6], other = [1, 2, 4, 5, 9, 6];
        Assert.Equal(new RuntimeAgreement("n", 0.5, 1.5), RuntimeAgreement.Of("n", one, other, classes: 3));
    }
}
