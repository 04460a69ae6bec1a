using DistillKit.Distillation;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

public sealed class LossTests
{
    /// <summary>Seven settings, each with class indices and then with soft targets.</summary>
    public static TheoryData<int> Rows => [.. Enumerable.Range(0, 14)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Distillation_loss_and_its_gradient_are_PyTorchs(int row) => Compare(row, (fixture, student, targets, setting) =>
        new DistillationLoss(setting[0], setting[1], setting[2]).Compute(student, fixture["teacher"], targets));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Cross_entropy_with_label_smoothing_and_its_gradient_are_PyTorchs(int row) => Compare(row, (_, student, targets, setting) =>
        new SoftTargetCrossEntropy(setting[2]).Compute(student, targets));

    private static void Compare(int row, Func<Fixture, Tensor, Tensor, double[], Tensor> compute)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("losses");
        double[] setting = [.. fixture["cases"][row / 2].data<float>().ToArray().Select(value => Math.Round(value, 6))];
        var targets = fixture[row % 2 == 0 ? "indices" : "soft"];
        var student = fixture["student"].clone().requires_grad_();

        var loss = compute(fixture, student, targets, setting);
        loss.backward();

        Close.Assert(fixture["losses"][row], loss, 1e-5, "loss");
        Close.AssertRelative(fixture["gradients"][row], student.grad!, 1e-5, "gradient");
    }
}
