using DistillKit.Notebook.Live;
using DistillKit.Training;

namespace DistillKit.Notebook.Tests;

public sealed class LiveProgressTests
{
    [Fact]
    public void In_a_notebook_a_stage_is_one_value_that_ends_as_its_result()
    {
        var values = new List<ProgressBar>();
        using (var progress = new LiveProgress(bar =>
        {
            values.Add((ProgressBar)bar);
            var place = values.Count - 1;
            return next => values[place] = (ProgressBar)next;
        }))
        {
            progress.Started("teacher", "ResNet-18");
            for (var step = 1; step <= 50; step++) progress.Trained(Progress(step));
            progress.Warned("loses much");
            progress.Finished("teacher", "validation 80.00 %", TimeSpan.FromSeconds(3));
            progress.Finished("baseline", "validation 70.00 %", TimeSpan.FromSeconds(3), isFromEarlierRun: true);
        }
        string[] expected = ["teacher    validation 80.00 %", "teacher    WARNING: loses much", "baseline   validation 70.00 %"];
        Assert.Equal(expected, values.Select(value => value.ToString()));
    }

    [Fact]
    public void The_runs_of_an_experiment_share_one_line_with_their_table_below_it()
    {
        var values = new List<object>();
        using var progress = new LiveProgress(
            value =>
            {
                values.Add(value);
                var place = values.Count - 1;
                return next => values[place] = next;
            },
            ("losses", id => id.StartsWith("kd-s", StringComparison.Ordinal)));
        progress.Finished("teacher", "validation 80.00 %", TimeSpan.FromSeconds(3), isFromEarlierRun: true);
        foreach (var run in (string[])["kd-s1", "kd-s2"])
        {
            progress.Started(run, "MobileNetV2");
            progress.Finished(run, "validation 70.00 %", TimeSpan.FromSeconds(3));
        }
        Assert.Equal(["teacher    validation 80.00 %", "losses     kd-s2: validation 70.00 %"], values.Select(value => value.ToString()));
        progress.Conclude("2 runs", "the table");
        Assert.Equal(["teacher    validation 80.00 %", "losses     2 runs", "the table"], values.Select(value => value.ToString()));
    }

    [Fact]
    public void Elsewhere_there_are_few_lines()
    {
        var lines = new List<string>();
        using var progress = new LiveProgress(bar =>
        {
            lines.Add(bar.ToString()!);
            return null;
        });
        progress.Started("teacher", "ResNet-18", resumedStep: 5);
        for (var step = 6; step <= 500; step++) progress.Trained(Progress(step));
        progress.Finished("teacher", "validation 80.00 %", TimeSpan.FromSeconds(3));
        Assert.Equal(["teacher    ResNet-18, resumed at step 5", "teacher    validation 80.00 %"], lines);
    }

    [Fact]
    public async Task A_running_stage_shows_bar_epoch_loss_accuracy_speed_and_time_left()
    {
        ProgressBar? shown = null;
        using var progress = new LiveProgress(bar =>
        {
            shown = (ProgressBar)bar;
            return next => shown = (ProgressBar)next;
        });
        progress.Started("teacher", "ResNet-18");
        progress.Trained(Progress(25));
        await Task.Delay(600);
        progress.Trained(Progress(50));

        Assert.Equal(0.5, shown!.Share);
        Assert.Matches(@"epoch 2/4, loss 1\.500, training 40\.0 %, 1,234 images/s, 0:0\d left", shown.Text);
        Assert.Contains("<progress value=\"0.500\"", shown.ToHtml());
        Assert.Contains("[############............]  50 %", shown.ToString());
    }

    private static TrainingProgress Progress(int step) => new(1, 4, step, 100, step / 100.0, 1.5, 0.4, 0.1, 1234, null);
}
