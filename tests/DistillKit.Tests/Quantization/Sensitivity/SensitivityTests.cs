using DistillKit.Graphs;
using DistillKit.Quantization;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.Sensitivity;

namespace DistillKit.Tests.Quantization.Sensitivity;

[Collection(GlobalSettingsCollection.Name)]
public sealed class SensitivityTests
{
    private static readonly QuantizationPlan FourBits = new() { Weights = QuantizationScheme.Weights with { Bits = 4 } };

    private readonly Graph graph = TestGraphs.Folded(TestGraphs.ResNet);

    [Fact]
    public void Each_layer_is_rounded_alone()
    {
        using var images = TestGraphs.Images(40);
        var ranges = Calibration.Run(graph, FourBits, images);
        var scanned = SensitivityScan.Run(graph, FourBits, ranges, images);
        Assert.Equal(graph.Layers.Select(layer => layer.Name), scanned.Select(layer => layer.Layer));
        Assert.All(scanned, layer => Assert.InRange(layer.Divergence, 1e-9, 10));
        Assert.All(scanned, layer => Assert.InRange(layer.Decibels, -10, 100));
        Assert.Equal(graph.MultiplyAccumulates, scanned.Sum(layer => layer.MultiplyAccumulates));
        Assert.Equal(graph.PackedBytes - Quantizer.Quantize(graph, FourBits, ranges).PackedBytes, scanned.Sum(layer => layer.SavedBytes));
    }

    [Fact]
    public void More_bits_hurt_less()
    {
        using var images = TestGraphs.Images(40);
        double Divergence(QuantizationPlan plan) =>
            SensitivityScan.Run(graph, plan, Calibration.Run(graph, plan, images), images).Sum(layer => layer.Divergence);
        Assert.True(Divergence(new()) < Divergence(FourBits));
    }

    [Fact]
    public void A_layer_that_stays_in_floating_point_changes_nothing()
    {
        using var images = TestGraphs.Images(20);
        var plan = FourBits.With("fc", new(LayerStrategy.Float));
        var scanned = SensitivityScan.Run(graph, plan, Calibration.Run(graph, FourBits, images), images);
        Assert.Equal((0, 0), (scanned[^1].Divergence, scanned[^1].SavedBytes));
    }

    [Theory]
    [InlineData(PlanGoal.Size)]
    [InlineData(PlanGoal.Latency)]
    public void A_found_plan_keeps_its_budget_when_it_is_carried_out(PlanGoal goal)
    {
        using var images = TestGraphs.Images(100);
        var ranges = Calibration.Run(graph, new(), images);
        var found = PlanSearch.Find(graph, new(), ranges, images, budget: 0.02, goal);
        Assert.True(found.Accuracy >= found.FloatAccuracy - 0.02);
        Assert.Equal(found.PackedBytes, Quantizer.Quantize(graph, found.Plan, ranges).PackedBytes);
        Assert.True(found.PackedBytes < graph.PackedBytes);
    }

    [Fact]
    public void A_generous_budget_takes_the_fewest_bits_and_a_strict_one_more()
    {
        using var images = TestGraphs.Images(100);
        var ranges = Calibration.Run(graph, new(), images);
        FoundPlan Find(double budget) => PlanSearch.Find(graph, new(), ranges, images, budget, PlanGoal.Size);
        var generous = Find(0.99);
        Assert.All(generous.Plan.Layers.Values, layer => Assert.Equal(4, layer.Weights!.Bits));
        Assert.True(Find(0).PackedBytes >= generous.PackedBytes);
    }

    [Fact]
    public void A_negative_budget_is_refused()
    {
        using var images = TestGraphs.Images(10);
        var ranges = Calibration.Run(graph, new(), images);
        var error = Assert.Throws<UserException>(() => PlanSearch.Find(graph, new(), ranges, images, -1, PlanGoal.Size));
        Assert.Contains("budget", error.Message);
    }
}
