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
            values.Add(bar);
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
    public void The_runs_of_an_experiment_are_one_value_beside_those_of_what_they_share()
    {
        var (values, shares) = (new List<ProgressBar>(), new List<double?>());
        var progress = new LiveProgress(
            bar =>
            {
                values.Add(bar);
                var place = values.Count - 1;
                return next =>
                {
                    values[place] = (ProgressBar)next;
                    shares.Add(values[place].Share);
                };
            },
            "hints", ["kd-s1", "kd-s2"]);
        progress.Started("kd-s1", "1 of 2, MobileNet");
        progress.Started("teacher", "ResNet-18");
        progress.Finished("teacher", "validation 80.00 %", TimeSpan.FromSeconds(3));
        progress.Started("kd-s1", "1 of 2, MobileNet");
        progress.Finished("kd-s1", "validation 70.00 %", TimeSpan.FromSeconds(3));
        Assert.Equal("hints      [############............]  50 %  kd-s1: validation 70.00 %", values[0].ToString());
        progress.Finished("kd-s2", "validation 71.00 %", TimeSpan.FromSeconds(3), isFromEarlierRun: true);
        progress.Finished("hints", "2 runs, validation 70.00 to 71.00 %", TimeSpan.Zero);
        Assert.Equal(
            ["hints      2 runs, validation 70.00 to 71.00 %", "teacher    validation 80.00 %"], values.Select(value => value.ToString()));
        Assert.Equal([1, 0, 0.5, 1, 1], shares);
    }

    [Fact]
    public void Elsewhere_there_are_few_lines()
    {
        var lines = new List<string>();
        using var progress = new LiveProgress(bar =>
        {
            lines.Add(bar.ToString());
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
            shown = bar;
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
