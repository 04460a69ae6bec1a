using DistillKit.Training;

namespace DistillKit.Tests.Training;

public sealed class MetricsLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Log => folder["run/metrics.jsonl"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Lines_are_JSON_and_there_as_soon_as_they_are_written()
    {
        using var log = MetricsLog.Open(Log, 0);
        log.Write(new(20, 0, LearningRate: 0.5));
        using var reader = new StreamReader(new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.Equal("""{"step":20,"epoch":0,"learningRate":0.5}""" + "\n", reader.ReadToEnd());
    }

    [Fact]
    public void A_resumed_run_cuts_off_what_it_writes_again()
    {
        Write(0, 1, 2, 3);
        Write(2, 3, 4);
        Assert.Equal([1, 2, 3, 4], Steps());
        Write(0, 1);
        Assert.Equal([1], Steps());
    }

    [Theory]
    [InlineData("""{"step":3,"lo""")]
    [InlineData("""{"loss":3}""")]
    [InlineData("""{"step":3}""")]
    [InlineData("""{"step":null,"epoch":0}""")]
    [InlineData("3")]
    [InlineData("")]
    public void A_damaged_last_line_is_dropped(string line)
    {
        Write(0, 1, 2);
        File.AppendAllText(Log, line);
        Write(9, 3);
        Assert.Equal([1, 2, 3], Steps());
    }

    [SmallDiskFact]
    public void A_full_disk_is_one_line_for_the_person()
    {
        using var disk = new SmallDisk(4096 * 8);
        var path = Path.Combine(disk.Path, "metrics.jsonl");
        var message = Assert.Throws<UserException>(() =>
        {
            using var log = MetricsLog.Open(path, 0);
            for (var step = 0; step < 2000; step++) log.Write(new(step, 0, Loss: step / 7.0));
        }).Message;
        Assert.Contains(path, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_log_that_cannot_be_opened_is_one_line_for_the_person() =>
        Assert.Throws<UserException>(() => MetricsLog.Open(folder[""], 0));

    [Fact]
    public void A_history_has_the_lines_as_they_were_written_but_for_the_one_that_a_crash_cut_off()
    {
        MetricsLine[] lines = [new(20, 0, 2.5, 0.25, 0.1, 1234.5), new(20, 0, ValidationAccuracy: 0.5)];
        using (var log = MetricsLog.Open(Log, 0))
            foreach (var line in lines) log.Write(line);
        File.AppendAllText(Log, """{"step":40,"ep""");
        Assert.Equal(lines, TrainingHistory.Read("run", Log).Lines);
    }

    [Fact]
    public void Steps_become_epochs_by_the_validation_that_ends_one()
    {
        var history = new TrainingHistory("run", [new(10, 0, 2), new(20, 0, 1.5), new(20, 0, ValidationAccuracy: 0.5), new(30, 1, 1)]);
        Assert.Equal([0.5, 1, 1, 1.5], history.Lines.Select(history.EpochsAt));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not metrics")]
    public void A_file_without_metrics_is_refused(string text)
    {
        File.WriteAllText(folder["log"], text);
        Assert.Contains("no metrics", Assert.Throws<UserException>(() => TrainingHistory.Read("run", folder["log"])).Message);
        Assert.Throws<UserException>(() => TrainingHistory.Read("run", folder["none"]));
    }

    private void Write(int resumedStep, params int[] steps)
    {
        using var log = MetricsLog.Open(Log, resumedStep);
        foreach (var step in steps) log.Write(new(step, 0));
    }

    private int[] Steps() => [.. File.ReadAllLines(Log).Select(line => int.Parse(line.Split(':', ',')[1]))];
}
