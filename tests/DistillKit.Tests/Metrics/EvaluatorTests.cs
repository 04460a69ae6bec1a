using DistillKit.Data;
using DistillKit.Metrics;
using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Metrics;

public sealed class EvaluatorTests : IDisposable
{
    private const int Count = 300; // more than one batch

    private static readonly string[] Names = ["a", "b"];

    private readonly IDisposable scope = NewDisposeScope();
    private readonly ImageClassifier model = new ResNetSpec { Blocks = [1], Width = 0.125, Classes = 2 }.Build();
    private readonly DeviceImages images;

    public EvaluatorTests()
    {
        var pixels = new byte[Count * ImageSet.Channels * 8 * 8];
        new Random(1).NextBytes(pixels);
        images = new(new ImageSet(pixels, [.. Enumerable.Range(0, Count).Select(index => (byte)(index % 2))], Names), CPU);
    }

    public void Dispose()
    {
        images.Dispose();
        model.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_report_is_that_of_all_logits_and_the_mode_and_statistics_stay(bool training)
    {
        model.train(training);
        var report = Evaluator.Evaluate(model, images, Names);
        Assert.Equal(training, model.training);
        Assert.Equal(0, model.state_dict()["bn1.num_batches_tracked"].item<long>());
        Assert.True(rand(1).requires_grad_().mul(2).requires_grad);

        model.eval();
        var batch = images.Take([.. Enumerable.Range(0, Count)]);
        var expected = ClassificationReport.FromLogits(
            model.call(batch.Images).data<float>().ToArray(), batch.Labels.data<long>().ToArray(), Names);
        Assert.Equal(Count, report.Count);
        Assert.Equal(expected.CrossEntropy, report.CrossEntropy, tolerance: 1e-5);
        Assert.Equal(expected.Accuracy, report.Accuracy, tolerance: 0.01);
    }

    [Fact]
    public void Images_can_be_shown_at_another_resolution()
    {
        model.eval();
        var expected = model.call(images.Take([.. Enumerable.Range(0, Count)]).At(4).Images).data<float>().ToArray();
        var logits = Evaluator.Logits(model, images, resolution: 4).Logits;
        Assert.All(expected.Zip(logits), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-5f));
        Assert.NotEqual(Evaluator.Logits(model, images).Logits, logits);
    }

    [Fact]
    public void The_mode_is_restored_after_an_error()
    {
        Assert.Throws<ArgumentException>(() => Evaluator.Evaluate(model, images, ["a", "b", "c"]));
        Assert.True(model.training);
    }

    [Fact]
    public void Evaluating_stops_at_the_next_batch()
    {
        using var cancelled = new CancellationTokenSource();
        using var files = new Deployed(cancelled);
        Assert.Throws<OperationCanceledException>(() => Evaluator.Evaluate(model, images, Names, cancellation: new(canceled: true)));
        Assert.True(model.training);
        var set = new ImageSet(new byte[Count * ImageSet.Channels * 8 * 8], new byte[Count], Names);
        var normalization = new Normalization([0, 0, 0], [1, 1, 1]);
        Assert.Throws<OperationCanceledException>(() => Evaluator.Evaluate(files, set, normalization, cancelled.Token));
        Assert.Equal(1, files.Calls);
    }

    /// <summary>A file of which the first batch is interrupted.</summary>
    private sealed class Deployed(CancellationTokenSource cancellation) : IDeployedModel
    {
        public int Calls { get; private set; }

        public string Runtime => "none";

        public int Classes => 2;

        public IReadOnlyList<int> InputShape => [ImageSet.Channels, 8, 8];

        public void Run(ReadOnlySpan<float> pixels, Span<float> logits)
        {
            Calls++;
            cancellation.Cancel();
        }

        public void Dispose()
        {
        }
    }
}
