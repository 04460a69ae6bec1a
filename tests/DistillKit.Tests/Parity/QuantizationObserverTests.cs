using DistillKit.Graphs;
using DistillKit.Quantization.Observers;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

public sealed class QuantizationObserverTests
{
    private static readonly QuantizationScheme Channels = QuantizationScheme.Activations with { Granularity = Granularity.PerChannel };

    public static TheoryData<string> Kinds => ["linear", "relu"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Min_max_observers_give_PyTorchs_scales_and_zero_points(string kind)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("quantization-observers");
        Compare("minmax", Observed(fixture, kind, new MinMaxObserver()).Parameters(QuantizationScheme.Activations));
        Compare("minmax.signed", Observed(fixture, kind, new MinMaxObserver()).Parameters(new(IsSigned: true)));
        Compare("moving", Observed(fixture, kind, new MovingAverageObserver(0.1)).Parameters(QuantizationScheme.Activations));
        // One range for each index of axis 0 over all batches.
        var batches = fixture.Under($"{kind}.batch").Select(batch => batch.Value.reshape(batch.Value.shape[0], -1)).ToList();
        var weight = Constant.Of(cat(batches, 1));
        Compare("channels", QuantizationParameters.ForWeight(weight, QuantizationScheme.Weights));
        Compare("channels.affine", QuantizationParameters.ForWeight(weight, Channels));

        void Compare(string name, QuantizationParameters parameters)
        {
            Close.AssertRelative(fixture[$"{kind}.{name}"][0], tensor(parameters.Scales), 1e-6, "scales");
            Assert.Equal(
                fixture[$"{kind}.{name}"][1].data<float>().ToArray(), Array.ConvertAll(parameters.ZeroPoints, point => (float)point));
        }
    }

    [Theory]
    [InlineData("linear", 8)]
    [InlineData("linear", 4)]
    [InlineData("relu", 8)]
    [InlineData("relu", 4)]
    public void The_entropy_threshold_is_that_of_NVIDIAs_definition(string kind, int bits)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("quantization-observers");
        var parameters = Observed(fixture, kind, new EntropyObserver()).Parameters(new(bits));
        var threshold = fixture[$"{kind}.entropy{bits}"].item<float>();
        var values = Values(fixture, kind);
        var expected = QuantizationParameters.FromRange(Math.Max(values.Min(), -threshold), Math.Min(values.Max(), threshold), new(bits));
        Assert.Equal(expected, parameters);
    }

    [Theory]
    [InlineData("linear", 8)]
    [InlineData("linear", 4)]
    [InlineData("relu", 8)]
    [InlineData("relu", 4)]
    public void The_squared_error_is_within_two_percent_of_the_best_of_all_bounds_and_no_worse_than_PyTorchs(string kind, int bits)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("quantization-observers");
        var error = Error(Observed(fixture, kind, new MeanSquaredErrorObserver()).Parameters(new(bits)));
        Assert.InRange(error, 0, 1.02 * fixture[$"{kind}.squared{bits}"].item<float>());

        var theirs = fixture[$"{kind}.histogram"].data<float>().ToArray();
        if (bits == 8) Assert.InRange(error, 0, 1.01 * Error(new(QuantizationScheme.Activations, [theirs[0]], [(int)theirs[1]])));

        double Error(QuantizationParameters parameters)
        {
            var values = Values(fixture, kind);
            return values.Zip(parameters.RoundTrip(values), (value, rounded) => Math.Pow(value - rounded, 2)).Average();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_percentile_is_NumPys_to_the_width_of_a_bin(string kind)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("quantization-observers");
        var expected = fixture[$"{kind}.percentile"].data<float>().ToArray();
        var parameters = Observed(fixture, kind, new PercentileObserver(99)).Parameters(QuantizationScheme.Activations);
        Assert.Equal(Math.Min(expected[0], 0), (parameters.Minimum - parameters.ZeroPoints[0]) * parameters.Scales[0], tolerance: 0.1);
        Assert.Equal(expected[1] - Math.Min(expected[0], 0), 255 * parameters.Scales[0], tolerance: 0.03);
    }

    private static RangeObserver Observed(Fixture fixture, string kind, RangeObserver observer)
    {
        foreach (var (_, batch) in fixture.Under($"{kind}.batch")) observer.Observe(batch);
        return observer;
    }

    private static float[] Values(Fixture fixture, string kind) =>
        [.. fixture.Under($"{kind}.batch").SelectMany(batch => batch.Value.data<float>().ToArray())];
}
