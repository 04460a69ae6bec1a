using DistillKit.Graphs;
using DistillKit.Quantization;
using DistillKit.Quantization.PostTraining;

namespace DistillKit.Tests.Quantization;

public sealed class LossWarningTests
{
    private static readonly PostTrainingRecipe Plain = new();

    [Theory]
    [InlineData(0.9, 0.9)]
    [InlineData(0.9, 0.92)]
    [InlineData(0.9, 0.8551)]
    [InlineData(0, 0)]
    public void A_small_loss_is_not_worth_a_word(double before, double after) => Assert.Null(LossWarning.For(before, after, Plain));

    [Fact]
    public void A_large_loss_is_one_line_with_both_numbers() => Assert.Equal(
        "Quantization lost 81.0 points of accuracy: 91.0 % in floating point, 10.0 % rounded. Try it without equalization, or "
        + "adaptive rounding, or a plan that leaves the layers that hurt in floating point, which a sensitivity scan finds.",
        LossWarning.For(0.91, 0.1, Plain with { Equalize = true }));

    [Fact]
    public void The_advice_leaves_out_what_was_tried()
    {
        var coarse = new QuantizationScheme(4, IsSigned: true, IsSymmetric: true);
        Assert.DoesNotContain("adaptive rounding", LossWarning.For(0.9, 0.5, Plain with { AdaRound = true }));
        Assert.Contains("8 bits, or weights with a scale", LossWarning.For(0.9, 0.5, new() { Plan = new() { Weights = coarse } }));
        Assert.Contains("8 bits, or ad", LossWarning.For(0.9, 0.5, new() { Plan = Plain.Plan.With("fc", new(Activations: new(3))) }));
        Assert.EndsWith("Try to train longer with the rounding, or more bits.", LossWarning.For(0.9, 0.5, recipe: null));
    }
}
