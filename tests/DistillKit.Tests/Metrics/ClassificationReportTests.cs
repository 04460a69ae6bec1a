using DistillKit.Metrics;

namespace DistillKit.Tests.Metrics;

public sealed class ClassificationReportTests
{
    private static readonly string[] Names = ["cat", "dog"];

    // Logits (ln p, ln (1 - p)) make the probabilities p and 1 - p.
    [Fact]
    public void A_hand_computed_case_agrees()
    {
        var report = Report((0.9, 0), (0.8, 1), (0.3, 1), (0.7, 0));
        Assert.Equal(4, report.Count);
        Assert.Equal(0.75, report.Accuracy);
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.2) + Math.Log(0.7) + Math.Log(0.7)) / 4, report.CrossEntropy, tolerance: 1e-6);
        Assert.Equal([2, 0], report.Confusion[0]);
        Assert.Equal([1, 1], report.Confusion[1]);
        Assert.Equal(new ClassResult("cat", 2, 1, 2.0 / 3), report.Classes[0]);
        Assert.Equal(new ClassResult("dog", 2, 0.5, 1), report.Classes[1]);
        // Bins: 0.9 right; 0.8 wrong; 0.7 twice right: (|0.9 - 1| + |0.8 - 0| + 2 |0.7 - 1|) / 4.
        Assert.Equal((0.1 + 0.8 + 0.6) / 4, report.CalibrationError, tolerance: 1e-6);
        Assert.Equal(15, report.Calibration.Count);
        Assert.Equal(2, report.Calibration[10].Count);
        Assert.Equal(0.7, report.Calibration[10].Confidence, tolerance: 1e-6);
    }

    [Fact]
    public void Confident_and_right_is_calibrated()
    {
        var report = ClassificationReport.FromLogits([100, 0, 0, 100], [0, 1], Names);
        Assert.Equal((1, 0, 0), (report.Accuracy, report.CalibrationError, report.CrossEntropy));
        Assert.Equal(2, report.Calibration[14].Count);
    }

    [Fact]
    public void Huge_logits_do_not_overflow()
    {
        var report = ClassificationReport.FromLogits([3e38f, 0], [0], Names);
        Assert.Equal(0, report.CrossEntropy);
    }

    [Fact]
    public void A_class_without_images_has_no_accuracy_rather_than_an_error() =>
        Assert.Equal(new ClassResult("dog", 0, 0, 0), Report((0.9, 0)).Classes[1]);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_diverged_network_is_named_as_such(float logit) =>
        Assert.Contains("diverged", Assert.Throws<UserException>(() => ClassificationReport.FromLogits([0, logit], [0], Names)).Message);

    [Fact]
    public void Wrong_input_is_refused()
    {
        Assert.Throws<UserException>(() => ClassificationReport.FromLogits([], [], Names));
        Assert.Throws<ArgumentException>(() => ClassificationReport.FromLogits([1, 2, 3], [0], Names));
        Assert.Throws<ArgumentException>(() => ClassificationReport.FromLogits([1, 2], [2], Names));
    }

    private static ClassificationReport Report(params (double P, long Label)[] images) => ClassificationReport.FromLogits(
        [.. images.SelectMany(image => new[] { (float)Math.Log(image.P), (float)Math.Log(1 - image.P) })],
        [.. images.Select(image => image.Label)], Names);
}
