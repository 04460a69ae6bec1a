namespace DistillKit.Charts.Tests;

public sealed class TrainingRunTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Steps_become_epochs_by_the_validation_that_ends_one()
    {
        var run = Read("""
            {"step":10,"epoch":0,"loss":2,"accuracy":0.2,"learningRate":0.1}
            {"step":20,"epoch":0,"loss":1.5,"accuracy":0.4}
            {"step":20,"epoch":0,"validationAccuracy":0.5}
            {"step":30,"epoch":1,"loss":1,"accuracy":0.6}
            """);
        Assert.Equal([(0.5, 2), (1, 1.5), (1.5, 1)], run.Loss.Select(value => (value.Epoch, value.Value)));
        Assert.Equal([(1, 0.5)], run.Validation.Select(value => (value.Epoch, value.Value)));
    }

    [Fact]
    public void A_line_that_a_crash_cut_off_is_left_out() => Assert.Single(Read("{\"step\":10,\"epoch\":0,\"loss\":2}\n{\"step\":20,\"ep").Loss);

    [Theory]
    [InlineData("")]
    [InlineData("not metrics")]
    public void A_file_without_metrics_is_refused(string text) => Assert.Contains("no metrics", Assert.Throws<UserException>(() => Read(text)).Message);

    [Fact]
    public void A_file_that_is_not_there_is_refused() => Assert.Throws<UserException>(() => TrainingRun.Read("run", path + ".none"));

    private TrainingRun Read(string text)
    {
        File.WriteAllText(path, text);
        return TrainingRun.Read("run", path);
    }
}
