using System.Text.Json;
using DistillKit.Graphs;
using DistillKit.Networks;
using DistillKit.Quantization.Observers;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization;

public sealed class ObserverTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public static TheoryData<string> Kinds => [.. ObserverRecipe.Kinds];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_zero_and_constant_values_are_covered(string kind)
    {
        foreach (var value in new[] { 0, 2.5f, -2.5f, 1e-30f, 1e30f })
        {
            var observer = new ObserverRecipe(kind).Create();
            observer.Observe(full([2, 3, 4, 4], value));
            foreach (var scheme in new QuantizationScheme[] { new(), new(4, IsSigned: true, IsSymmetric: true) })
            {
                var parameters = observer.Parameters(scheme);
                Assert.InRange(
                    Math.Abs(parameters.RoundTrip([value])[0] - value), 0,
                    Math.Max(0.04f * Math.Abs(value), QuantizationParameters.SmallestScale));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_that_are_not_finite_are_refused(string kind)
    {
        foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var observer = new ObserverRecipe(kind).Create();
            Assert.Throws<UserException>(() => observer.Observe(tensor([1, value, -1])));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_observer_that_has_seen_nothing_says_so(string kind) =>
        Assert.Throws<InvalidOperationException>(() => new ObserverRecipe(kind).Create().Parameters(new()));

    [Theory]
    [InlineData(ObserverKind.Percentile)]
    [InlineData(ObserverKind.MeanSquaredError)]
    [InlineData(ObserverKind.Entropy)]
    public void A_histogram_does_not_depend_on_how_the_data_is_cut(string kind)
    {
        var values = Formula.Tensor("cut", [16, 4, 5, 5]).pow(3).mul(9);
        var (whole, parts) = (new ObserverRecipe(kind).Create(), new ObserverRecipe(kind).Create());
        whole.Observe(values);
        foreach (var part in values.flip(0).split(3)) parts.Observe(ChannelsLast.Of(part));
        Assert.Equal(whole.Parameters(new()), parts.Parameters(new()));
    }

    [Theory]
    [InlineData(ObserverKind.Percentile)]
    [InlineData(ObserverKind.MeanSquaredError)]
    [InlineData(ObserverKind.Entropy)]
    public void A_long_thin_tail_does_not_take_the_range(string kind)
    {
        var observer = new ObserverRecipe(kind, Percentile: 98).Create();
        // The logistic distribution: of these, one in a thousand is beyond 7, and the last at 12.
        var uniform = Formula.Tensor("tail", [100_000]).mul(0.99999);
        observer.Observe((1 + uniform).log().sub((1 - uniform).log()));
        Assert.InRange(15 * observer.Parameters(new(4)).Scales[0], 6, 20);
    }

    [Fact]
    public void The_histogram_counts_every_value_in_its_bin() => Prop.ForAll<NormalFloat[], NormalFloat[]>((batch, other) =>
    {
        using var inner = NewDisposeScope();
        var histogram = new RangeHistogram();
        float[] first = [1, .. batch.Select(value => (float)value.Get)], second = [-3, .. other.Select(value => (float)value.Get)];
        histogram.Add(tensor(first));
        histogram.Add(tensor(second));

        Assert.Equal(first.Length + second.Length, histogram.Counts.ToArray().Sum());
        foreach (var value in first.Concat(second))
        {
            // A value close to an edge may be rounded to it.
            var bin = (int)Math.Floor(value / histogram.Width) + histogram.Zero;
            Assert.True(histogram.Counts[Math.Max(bin - 1, 0)..Math.Min(bin + 2, RangeHistogram.Bins)].ToArray().Sum() > 0);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_range_is_for_the_whole_tensor() =>
        Assert.Throws<ArgumentException>(() => new MinMaxObserver().Parameters(QuantizationScheme.Weights));

    [Fact]
    public void Recipes_are_JSON_and_are_checked()
    {
        var recipe = new ObserverRecipe(ObserverKind.Percentile, 99.5);
        Assert.Equal(recipe, JsonSerializer.Deserialize<ObserverRecipe>(JsonSerializer.Serialize(recipe)));
        Assert.Equal(
            QuantizationScheme.Weights,
            JsonSerializer.Deserialize<QuantizationScheme>(JsonSerializer.Serialize(QuantizationScheme.Weights)));
        Assert.Contains("percentile", Assert.Throws<UserException>(() => new ObserverRecipe(Percentile: 40).Create()).Message);
        Assert.Contains("momentum", Assert.Throws<UserException>(() => new ObserverRecipe(Momentum: 0).Create()).Message);
        Assert.IsType<MinMaxObserver>(new ObserverRecipe("minmax").Create());
        Assert.Contains("Unheard", Assert.Throws<UserException>(() => new ObserverRecipe("Unheard").Create()).Message);
    }
}
