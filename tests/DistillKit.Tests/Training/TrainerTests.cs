using System.Text.Json;
using DistillKit.Distillation;
using DistillKit.Metrics;
using DistillKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

[Collection(GlobalSettingsCollection.Name)]
public sealed class TrainerTests : IDisposable
{
    private const int Epoch = TinyTraining.StepsPerEpoch;

    // A network that learns nothing new: its validation stalls after the first one.
    private static readonly TrainingRecipe Stalled = TinyTraining.Recipe with
    {
        Phases = [new(8)],
        Optimizer = new(LearningRate: 1e-9, WeightDecay: 0),
        Unfreezing = [new(0, "layer1")],
    };

    private readonly TinyTraining tiny = new();
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        tiny.Dispose();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "optimizer": { "kind": "AdamW", "learningRate": 0.01 } }""")]
    [InlineData("""{ "labelSmoothing": 0.1 }""")]
    [InlineData("""{ "mixing": { "mixup": 0.2, "cutMix": 0.2 } }""")]
    [InlineData("""{ "averageDecay": 0.8 }""")]
    [InlineData("""{ "precision": "BFloat16" }""")]
    public void It_learns(string change)
    {
        var recipe = Change(TinyTraining.Recipe with { Phases = [new(6)] }, change);
        var losses = new List<double>();
        var (trainer, model) = tiny.Start(recipe);
        using var _ = trainer;
        var result = trainer.Run(new AtEachStep(progress => losses.Add(progress.Loss)));
        Assert.Equal(trainer.Steps, losses.Count);
        Assert.True(losses[^1] < losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
        Assert.True(result.ValidationAccuracy > 0.7, $"validation {result.ValidationAccuracy}"); // by chance 0.25
        Assert.Equal((6, 6 * Epoch), (result.Epochs, result.Steps));
        Assert.False(model.training);
    }

    [Fact]
    public void A_padding_that_the_images_do_not_allow_is_found_before_anything_starts() => Assert.Contains(
        "padding must be from 0 to 7 for images of 8 pixels, but is 40",
        Assert.Throws<UserException>(() => tiny.Start(TinyTraining.Recipe with { Augmentation = new(40) })).Message);

    public static TheoryData<string, string> Divergences => new()
    {
        { "images", "check their normalization" },
        { "weights", "the network's weights are not finite any more, so try a lower learning rate" },
        { "loss", "check the teacher and its weights, lower the weights of the distillation's terms" },
        { "bfloat16", "try precision Float32" },
    };

    [Theory, MemberData(nameof(Divergences))]
    public void The_advice_for_a_loss_that_is_not_finite_fits_its_cause(string cause, string advice)
    {
        Tensor Broken(Tensor tensor) => tensor.mul(double.NaN);
        var recipe = TinyTraining.Recipe with { Precision = cause == "bfloat16" ? Precision.BFloat16 : Precision.Float32 };
        var objective = new Watched(
            (model, batch) =>
            {
                using var frozen = no_grad();
                if (cause == "images") batch.Images.fill_(double.PositiveInfinity);
                if (cause == "weights") model.parameters().First().fill_(double.NaN);
            },
            cause is "loss" or "bfloat16" ? Broken : null);
        using var trainer = tiny.Start(recipe, objective: objective).Trainer;
        var message = Assert.Throws<UserException>(() => trainer.Run()).Message;
        Assert.Contains(advice, message);
        Assert.StartsWith("The loss became NaN at step 0 of 15", message);
    }

    [Fact]
    public void Phases_change_the_resolution()
    {
        var sizes = new List<long>();
        Run(TinyTraining.Recipe with { Phases = [new(1, 16), new(1, 12), new(1)] },
            new Watched((_, batch) => sizes.Add(batch.Images.shape[3])));
        Assert.Equal([16, 12, 8], sizes.Chunk(Epoch).Select(epoch => Assert.Single(epoch.Distinct())));
    }

    [Fact]
    public void Each_epoch_shows_every_image_once_in_an_order_of_its_own()
    {
        var sums = new List<float>();
        Run(TinyTraining.Recipe with { Phases = [new(2)] },
            new Watched((_, batch) => sums.AddRange(batch.Images.mean([1L, 2L, 3L]).data<float>().ToArray())));
        var epochs = sums.Chunk(sums.Count / 2).ToArray();
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.Equal(epochs[0].Order(), epochs[1].Order());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.01)]
    public void Gradients_are_clipped_together(double? norm)
    {
        var norms = new List<double>();
        var (trainer, model) = tiny.Start(TinyTraining.Recipe with { ClipNorm = norm });
        using var _ = trainer;
        trainer.Run(
            new AtEachStep(_ => norms.Add(Math.Sqrt(model.parameters().Sum(parameter => parameter.grad!.pow(2).sum().ToDouble())))));
        if (norm is null) Assert.All(norms, value => Assert.True(value > 0.01));
        else Assert.All(norms, value => Assert.Equal(norm.Value, value, tolerance: 1e-4));
    }

    [Fact]
    public void The_learning_rate_follows_the_schedule_at_every_step()
    {
        var recipe = TinyTraining.Recipe with { Schedule = new(ScheduleKind.Cosine, WarmUp: 0.3, Final: 0.1) };
        var rates = new List<double>();
        Run(recipe, progress: new AtEachStep(progress => rates.Add(progress.LearningRate)));
        Assert.Equal(Enumerable.Range(0, 15).Select(step => 0.05 * recipe.Schedule.At(step, 15)), rates);
    }

    [Fact]
    public void The_share_of_the_work_counts_pixels()
    {
        var shares = new List<double>();
        Run(TinyTraining.Recipe with { Phases = [new(1, 16), new(1)] }, progress: new AtEachStep(progress => shares.Add(progress.Share)));
        Assert.Equal(0.8 / Epoch, shares[0], tolerance: 1e-12);
        Assert.Equal(0.8, shares[Epoch - 1], tolerance: 1e-12);
        Assert.Equal(1, shares[^1], tolerance: 1e-12);
    }

    [Fact]
    public void A_stalled_validation_stops_early()
    {
        var result = Run(Stalled with { Patience = 2 });
        Assert.Equal((3, 3 * Epoch), (result.Epochs, result.Steps));
    }

    [Fact]
    public void A_stalled_validation_lowers_the_plateaus_rate()
    {
        var rates = new List<double>();
        Run(Stalled with { Schedule = new(ScheduleKind.Plateau, WarmUp: 0, Factor: 0.5, Patience: 2) },
            progress: new AtEachStep(progress => rates.Add(progress.LearningRate / 1e-9)));
        Assert.Equal(
            [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125], rates.Chunk(Epoch).Select(epoch => Math.Round(Assert.Single(epoch.Distinct()), 6)));
    }

    [Fact]
    public void Frozen_groups_stay_as_they_are_until_they_are_unfrozen()
    {
        var (stem, middle) = (new List<float>(), new List<float>());
        var model = TinyTraining.Network();
        var watched = new Watched((_, _) =>
        {
            stem.Add(Sum("bn1.running_mean") + Sum("conv1.weight"));
            middle.Add(Sum("layer1.0.conv1.weight"));
        });
        // Frozen again after it had learned: its momentum must not carry it on.
        var recipe = TinyTraining.Recipe with { Unfreezing = [new(1, null), new(0, "stem"), new(2, "layer1")] };
        using var trainer = tiny.Start(recipe, objective: watched, model: model).Trainer;
        trainer.Run();
        Assert.Equal([1, Epoch, 1], Changes(stem));
        Assert.Equal([Epoch, Epoch, 1], Changes(middle));

        float Sum(string name) => model.state_dict()[name].sum().item<float>();
        int[] Changes(List<float> values) => [.. Enumerable.Range(0, 3).Select(epoch =>
        {
            var skipped = epoch == 2 ? 1 : 0;
            return values.Skip(epoch * Epoch + skipped).Take(Epoch - skipped).Distinct().Count();
        })];
    }

    [Theory]
    [InlineData("layer9")]
    [InlineData("head")]
    public void A_freeze_that_cannot_be_is_refused_before_the_training_starts(string group) =>
        Assert.Contains(
            "one of stem, layer1,",
            Assert.Throws<UserException>(() => tiny.Start(TinyTraining.Recipe with { Unfreezing = [new(2, group)] })).Message);

    [Fact]
    public void The_weights_of_the_best_validation_are_kept()
    {
        using var folder = new TemporaryFolder();
        var steps = 0;
        // From the fourth epoch on it unlearns.
        var objective = new Watched(change: loss => steps++ < 3 * Epoch ? loss : -loss);
        var recipe = TinyTraining.Recipe with { Phases = [new(6)], Schedule = new(ScheduleKind.Constant, WarmUp: 0) };
        var (trainer, model) = tiny.Start(recipe, new(folder["run"], "run"), objective);
        using var _ = trainer;
        var result = trainer.Run();
        double[] validations = [.. File.ReadAllLines(folder["run/metrics.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("validationAccuracy", out var _))
            .Select(line => line.GetProperty("validationAccuracy").GetDouble())];
        Assert.Equal(6, validations.Length);
        Assert.True(validations[^1] < validations.Max());
        Assert.Equal(validations.Max(), result.ValidationAccuracy);
        Assert.Equal(result.ValidationAccuracy, Evaluator.Evaluate(model, tiny.Data.Validation, tiny.Data.ClassNames).Accuracy);
    }

    [Fact]
    public void The_average_is_validated_and_kept_and_the_training_goes_on_from_the_weights()
    {
        var recipe = TinyTraining.Recipe with { Phases = [new(2)] };
        var plain = Weights(recipe);
        var averaged = Weights(recipe with { AverageDecay = 0.7 });
        foreach (var (expected, actual) in plain.Weights.Zip(averaged.Weights)) TinyTraining.AssertSame(expected, actual);

        using var model = TinyTraining.Network();
        var average = ModelState.Copy(model.state_dict());
        var kept = new List<(double Accuracy, IReadOnlyDictionary<string, Tensor> Values)>();
        for (var step = 0; step < 2 * Epoch; step++)
        {
            ModelState.Assign(model.state_dict(), plain.Weights[step]);
            ModelState.Average(average, plain.Weights[step], 0.7, step);
            if ((step + 1) % Epoch != 0) continue;
            ModelState.Assign(model.state_dict(), average);
            kept.Add((Evaluator.Evaluate(model, tiny.Data.Validation, tiny.Data.ClassNames).Accuracy, TinyTraining.Copy(model)));
        }
        var best = kept.MaxBy(entry => entry.Accuracy);
        TinyTraining.AssertSame(best.Values, averaged.Final);

        (List<IReadOnlyDictionary<string, Tensor>> Weights, IReadOnlyDictionary<string, Tensor> Final) Weights(TrainingRecipe recipe)
        {
            var weights = new List<IReadOnlyDictionary<string, Tensor>>();
            var (trainer, model) = tiny.Start(recipe);
            using var _ = trainer;
            trainer.Run(new AtEachStep(_ => weights.Add(TinyTraining.Copy(model))));
            return (weights, TinyTraining.Copy(model));
        }
    }

    [Fact]
    public void Validation_is_every_so_many_epochs_and_after_the_last()
    {
        using var folder = new TemporaryFolder();
        using var trainer = tiny.Start(
            TinyTraining.Recipe with { Phases = [new(5)], ValidateEvery = 2 }, new(folder["run"], "run")).Trainer;
        trainer.Run();
        Assert.Equal(
            ["10", "20", "25"],
            File.ReadAllLines(folder["run/metrics.jsonl"]).Where(line => line.Contains("validationAccuracy"))
            .Select(line => line.Split(':', ',')[1]));
    }

    [Fact]
    public void A_batch_larger_than_the_training_set_is_refused() =>
        Assert.Contains(
            "smaller batch", Assert.Throws<UserException>(() => tiny.Start(TinyTraining.Recipe with { BatchSize = 128 })).Message);

    [Fact]
    public void No_tensor_outlives_its_step()
    {
        var (counts, sizes) = (new List<int>(), new List<long>());
        using var scope = NewDisposeScope();
        var recipe = TinyTraining.Recipe with { Phases = [new(100)], AverageDecay = 0.9, ClipNorm = 1, Mixing = new(Mixup: 0.2) };
        recipe = recipe with { Optimizer = new(LearningRate: 0.01) };
        using var teacher = TinyTraining.Network();
        using var trainer = tiny.Start(recipe, objective: new DistillationObjective(new LiveTeacher([teacher]), new(0.9, 4))).Trainer;
        trainer.Run(new AtEachStep(progress =>
        {
            if (progress.Step is not (100 or 500)) return;
            counts.Add(scope.DisposablesCount);
            sizes.Add(Environment.WorkingSet);
        }));
        Assert.Equal(counts[0], counts[1]);
        Assert.True(
            sizes[1] < sizes[0] + 30e6, $"the resident set grew from {sizes[0] / 1e6:f0} MB to {sizes[1] / 1e6:f0} MB in 400 steps");
    }

    private TrainingResult Run(TrainingRecipe recipe, IObjective? objective = null, IProgress<TrainingProgress>? progress = null)
    {
        using var trainer = tiny.Start(recipe, objective: objective).Trainer;
        return trainer.Run(progress);
    }

    private static TrainingRecipe Change(TrainingRecipe recipe, string change)
    {
        var json = JsonSerializer.SerializeToNode(recipe, JsonSerializerOptions.Web)!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(change)!.AsObject()) json[name] = value?.DeepClone();
        return json.Deserialize<TrainingRecipe>(JsonSerializerOptions.Web)!;
    }
}
