using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

[Collection(GlobalSettingsCollection.Name)]
public sealed class RestartTests : IDisposable
{
    private const int Epoch = TinyTraining.StepsPerEpoch;

    private static readonly TrainingRecipe Short = TinyTraining.Recipe with
    {
        Phases = [new(1, 12), new(2)],
        AverageDecay = 0.9,
        Schedule = new(ScheduleKind.Cosine, WarmUp: 0.3, Final: 0.1)
    };

    private static readonly TrainingRecipe Long = Short with { Phases = [.. Short.Phases, new(2, Restart: 0.5)] };

    private readonly TinyTraining tiny = new();
    private readonly TemporaryFolder folder = new();
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
        tiny.Dispose();
    }

    [Fact]
    public void The_schedule_begins_anew_at_its_share_of_the_peak()
    {
        var rates = new List<double>();
        Run(Long, progress => rates.Add(progress.LearningRate / 0.05));
        var expected = Enumerable.Range(0, 3 * Epoch).Select(step => Short.Schedule.At(step, 3 * Epoch))
            .Concat(Enumerable.Range(0, 2 * Epoch).Select(step => 0.5 * Short.Schedule.At(step, 2 * Epoch)));
        Assert.All(expected.Zip(rates), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-12));
        Assert.Equal(5 * Epoch, rates.Count);
    }

    [Fact]
    public void A_finished_training_made_longer_gives_the_weights_of_one_that_was_long_from_the_start()
    {
        var (straight, expected) = tiny.Start(Long);
        var result = straight.Run();
        straight.Dispose();

        var (finished, model) = tiny.Start(Short);
        var before = finished.Run();
        finished.Dispose();
        using var longer = tiny.Start(Long, new(folder["run"], "run", before), model: model).Trainer;
        Assert.Equal(before.Steps, longer.Resume());
        Assert.Equal(result.ValidationAccuracy, longer.Run().ValidationAccuracy);
        TinyTraining.AssertSame(expected.state_dict(), model.state_dict());
    }

    [Fact]
    public void A_restart_begins_at_the_best_weights_not_the_last_ones()
    {
        var weights = new List<float[]>();
        var objective = new Watched((model, _) =>
        {
            var stem = model.get_parameter("conv1.weight")!;
            weights.Add(stem.data<float>().ToArray());
            using var frozen = no_grad();
            if (weights.Count > 3 * Epoch && weights.Count < 4 * Epoch) stem.zero_();
        });
        using var trainer = tiny.Start(TinyTraining.Recipe with { Phases = [new(4), new(1, Restart: 1)] }, objective: objective).Trainer;
        trainer.Run();
        Assert.Contains(weights[4 * Epoch], (float[][])[weights[Epoch], weights[2 * Epoch], weights[3 * Epoch]]);
    }

    private TrainingResult Run(TrainingRecipe recipe, Action<TrainingProgress> act)
    {
        using var trainer = tiny.Start(recipe).Trainer;
        return trainer.Run(new AtEachStep(act));
    }
}
