using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Files;
using DistillKit.Networks;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

[Collection(GlobalSettingsCollection.Name)]
public sealed class ResumeTests : IDisposable
{
    private const int Epoch = TinyTraining.StepsPerEpoch;

    private static readonly Dictionary<string, (TrainingRecipe Recipe, ModelSpec Spec)> Trainings = new()
    {
        ["SGD"] = (TinyTraining.Recipe, TinyTraining.Spec),
        ["AdamW"] = (TinyTraining.Recipe with { Optimizer = new(OptimizerKind.AdamW, 0.01) }, TinyTraining.Spec),
        ["averaged"] = (TinyTraining.Recipe with { AverageDecay = 0.9, ClipNorm = 1 }, TinyTraining.Spec),
        ["mixed"] = (
            TinyTraining.Recipe with { Mixing = new(0.2, 1), Augmentation = new(1), Phases = [new(1, 12), new(2)] }, TinyTraining.Spec),
        ["dropout"] = (TinyTraining.Recipe, new MobileNetV2Spec { Width = 0.125, Dropout = 0.5, Classes = 4 }),
        ["restarted"] = (TinyTraining.Recipe with { Phases = [new(1, 12), new(2, Restart: 0.5)], AverageDecay = 0.9 }, TinyTraining.Spec),
        ["unfrozen"] = (TinyTraining.Recipe with { Unfreezing = [new(0, "stem"), new(1, null)] }, TinyTraining.Spec),
    };

    /// <summary>Adapters that learn at first, at last and always; a teacher whose share and temperature move.</summary>
    private static readonly DistillationRecipe Distillation = new(0.6, 4, AlphaEnd: 0.9, TemperatureEnd: 2, Terms:
    [
        new HintTerm("stem", "layer1") { Until = 0.5 }, new ContrastiveTerm("layer1", "stem", 8) { From = 0.5 },
        new HintTerm("layer1", "layer1"), new HintonTerm { From = 0.3 },
    ]);

    private static readonly Dictionary<string, TrainingRecipe> Distillations = new()
    {
        ["SGD"] = TinyTraining.Recipe with { ClipNorm = 1 },
        ["AdamW"] = TinyTraining.Recipe with { Optimizer = new(OptimizerKind.AdamW, 0.01), AverageDecay = 0.9, Mixing = new(0.2) },
    };

    private readonly TinyTraining tiny = new();
    private readonly TemporaryFolder folder = new();
    private readonly IDisposable scope = NewDisposeScope();

    private TrainingFiles Files => new(folder["run"], "run");

    private string Checkpoint => folder["run/checkpoint.safetensors"];

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
        tiny.Dispose();
    }

    public static TheoryData<string> Names => [.. Trainings.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_resumed_training_gives_the_weights_of_an_uninterrupted_one_to_the_bit(string name)
    {
        var (recipe, spec) = Trainings[name];
        var (trainer, uninterrupted) = tiny.Start(recipe, model: TinyTraining.Network(spec));
        var expected = trainer.Run();
        trainer.Dispose();

        // In the first epoch, at its end (after its validation), and at the very last step.
        foreach (var step in (int[])[2, Epoch, 2 * Epoch + 1, 3 * Epoch])
            CancelAt(step, recipe, TinyTraining.Network(spec, seed: step == 2 ? 1 : 99));
        var (resumed, model) = tiny.Start(recipe, Files, model: TinyTraining.Network(spec, seed: 99));
        using var _ = resumed;
        Assert.Equal(3 * Epoch, resumed.Resume());
        var actual = resumed.Run();
        TinyTraining.AssertSame(uninterrupted.state_dict(), model.state_dict());
        Assert.Equal(expected.ValidationAccuracy, actual.ValidationAccuracy);
    }

    public static TheoryData<string> DistillationNames => [.. Distillations.Keys];

    [Theory]
    [MemberData(nameof(DistillationNames))]
    public void A_resumed_distillation_gives_the_weights_and_adapters_of_an_uninterrupted_one_to_the_bit(string name)
    {
        using var teacher = TinyTraining.Network(seed: 5);
        var (trainer, uninterrupted) = tiny.Start(Distillations[name], objective: Distilled(teacher, seed: 1, out var expected));
        trainer.Run();
        trainer.Dispose();

        // While the first adapter learns, after it has stopped and before the second starts, and when the second learns.
        foreach (var (step, seed) in ((int, long)[])[(3, 1), (8, 99), (11, 99)])
            CancelAt(step, Distillations[name], TinyTraining.Network(seed: seed), objective: Distilled(teacher, seed, out var _));
        var (resumed, model) = tiny.Start(
            Distillations[name], Files, Distilled(teacher, seed: 99, out var actual), TinyTraining.Network(seed: 99));
        using var running = resumed;
        Assert.Equal(11, resumed.Resume());
        resumed.Run();
        TinyTraining.AssertSame(uninterrupted.state_dict(), model.state_dict());
        TinyTraining.AssertSame(expected.state_dict(), actual.state_dict());
    }

    [Fact]
    public void Adapters_learn_and_are_clipped_with_the_network()
    {
        using var teacher = TinyTraining.Network(seed: 5);
        var recipe = TinyTraining.Recipe with
        {
            Phases = [new(1)],
            Optimizer = new(LearningRate: 1, Momentum: 0, WeightDecay: 0),
            Schedule = new(ScheduleKind.Constant, WarmUp: 0),
            ClipNorm = 1e-3
        };
        var objective = Distilled(teacher, seed: 1, out var loss);
        var model = TinyTraining.Network();
        var before = (Model: TinyTraining.Copy(model), Adapters: TinyTraining.Copy(loss));
        using var trainer = tiny.Start(recipe, objective: objective, model: model).Trainer;
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new AtEachStep(_ => cancellation.Cancel()), cancellation.Token));

        // A step of plain descent at rate 1 goes as far as the gradient's norm, which is that of the network and the adapters together.
        double Moved(nn.Module module, IReadOnlyDictionary<string, Tensor> start) =>
            module.named_parameters().Sum(entry => entry.parameter.sub(start[entry.name]).square().sum().item<float>());
        var (ofModel, ofAdapters) = (Moved(model, before.Model), Moved(loss, before.Adapters));
        Assert.True(ofModel > 0 && ofAdapters > 0);
        Assert.Equal(1e-3, Math.Sqrt(ofModel + ofAdapters), tolerance: 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_that_was_killed_goes_on_from_its_last_checkpoint(bool isDistilled)
    {
        using var teacher = TinyTraining.Network(seed: 5);
        IObjective? Objective(long seed) => isDistilled ? Distilled(teacher, seed, out var _) : null;
        var (trainer, uninterrupted) = tiny.Start(TinyTraining.Recipe, objective: Objective(1));
        trainer.Run();
        trainer.Dispose();

        var files = Files with { CheckpointInterval = TimeSpan.Zero, CheckpointShare = double.PositiveInfinity };
        var (killed, _) = tiny.Start(TinyTraining.Recipe, files, Objective(1));
        Assert.Throws<InvalidOperationException>(() => killed.Run(new AtEachStep(progress =>
        {
            if (progress.Step == 9) throw new InvalidOperationException("killed");
        })));
        var (resumed, model) = tiny.Start(TinyTraining.Recipe, files, Objective(99), TinyTraining.Network(seed: 99));
        using var __ = resumed;
        Assert.Equal(8, resumed.Resume());
        resumed.Run();
        TinyTraining.AssertSame(uninterrupted.state_dict(), model.state_dict());
    }

    [Fact]
    public void Early_stopping_and_the_plateau_remember_what_was_before()
    {
        var recipe = TinyTraining.Recipe with
        {
            Phases = [new(8)],
            Optimizer = new(LearningRate: 1e-9),
            Unfreezing = [new(0, "layer1")],
            Patience = 4,
            Schedule = new(ScheduleKind.Plateau, WarmUp: 0, Factor: 0.5, Patience: 2),
        };
        CancelAt(3 * Epoch + 1, recipe, TinyTraining.Network());
        var rates = new List<double>();
        using var resumed = tiny.Start(recipe, Files).Trainer;
        Assert.Equal(5, resumed.Run(new AtEachStep(progress => rates.Add(progress.LearningRate / 1e-9))).Epochs);
        Assert.Equal(2 * Epoch - 1, rates.Count);
        Assert.All(rates, rate => Assert.Equal(0.5, rate, tolerance: 1e-9));
    }

    [Fact]
    public void The_metrics_go_on_without_gap_or_repetition()
    {
        var recipe = TinyTraining.Recipe;
        CancelAt(2 * Epoch + 2, recipe, TinyTraining.Network());
        File.AppendAllText(folder["run/metrics.jsonl"], """{"step":14,"loss":1}""" + "\n" + """{"step":15,"lo""");
        using var resumed = tiny.Start(recipe, Files).Trainer;
        resumed.Run();
        Assert.Equal(
            ["5", "5", "10", "10", "15", "15"], File.ReadAllLines(folder["run/metrics.jsonl"]).Select(line => line.Split(':', ',')[1]));
    }

    [Fact]
    public void A_training_whose_images_are_cancelled_leaves_a_checkpoint_too()
    {
        using var cancellation = new CancellationTokenSource();
        using var images = new DeviceImages(SyntheticImages.Create(80, seed: 1), CPU) { Cancellation = cancellation.Token };
        var data = new TrainingData(images, images, SyntheticImages.ClassNames);
        using var model = TinyTraining.Network(new ResNetSpec { Blocks = [1], Width = 0.125 });
        var objective = new Watched((_, _) => cancellation.Cancel());
        using var trainer = new Trainer(model, objective, TinyTraining.Recipe, data, seed: 1, Files);
        Assert.Throws<OperationCanceledException>(() => trainer.Run());
        Assert.Equal(1, trainer.Step);
        using var resumed = new Trainer(model, objective, TinyTraining.Recipe, data, seed: 1, Files);
        Assert.Equal(trainer.Step, resumed.Resume());
    }

    [Fact]
    public void Cancelling_without_files_keeps_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        using var trainer = tiny.Start(TinyTraining.Recipe).Trainer;
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new AtEachStep(_ => cancellation.Cancel()), cancellation.Token));
        Assert.Equal(1, trainer.Step);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_not_resumed()
    {
        CancelAt(4, TinyTraining.Recipe, TinyTraining.Network());
        using var trainer = tiny.Start(TinyTraining.Recipe, Files with { Run = "another" }).Trainer;
        Assert.Equal(0, trainer.Resume());
    }

    [Fact]
    public void The_type_of_computation_is_that_of_the_checkpoint()
    {
        CancelAt(4, TinyTraining.Recipe with { Precision = Precision.BFloat16 }, TinyTraining.Network());
        var (trainer, model) = tiny.Start(TinyTraining.Recipe, Files);
        using var _ = trainer;
        trainer.Resume();
        Assert.Equal(ScalarType.BFloat16, model.ComputeType);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_damaged_checkpoint_says_what_to_do(int length)
    {
        CancelAt(4, TinyTraining.Recipe, TinyTraining.Network());
        File.WriteAllBytes(Checkpoint, File.ReadAllBytes(Checkpoint)[..length]);
        var message = Assert.Throws<UserException>(() => tiny.Start(TinyTraining.Recipe, Files).Trainer.Run()).Message;
        Assert.Contains(Checkpoint, message);
        Assert.Contains("delete", message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("no counters")]
    [InlineData("a tensor of another network")]
    [InlineData("a tensor of another shape")]
    [InlineData("an optimizer of another network")]
    public void A_checkpoint_that_does_not_hold_what_it_has_to_is_refused_by_name(string damage)
    {
        CancelAt(4, TinyTraining.Recipe, TinyTraining.Network());
        using (var file = Safetensors.Load(Checkpoint))
        {
            var (tensors, metadata) = (file.Tensors.ToDictionary(), file.Metadata.ToDictionary());
            if (damage == "no counters") metadata.Remove("counters");
            if (damage == "a tensor of another network") tensors["model.conv9.weight"] = zeros(1);
            if (damage == "a tensor of another shape") tensors["model.conv1.weight"] = zeros(3, 3);
            if (damage == "an optimizer of another network") tensors["optimizer.x"] = zeros(3);
            Safetensors.Save(Checkpoint, tensors, metadata);
        }
        var message = Assert.Throws<UserException>(() => tiny.Start(TinyTraining.Recipe, Files).Trainer.Run()).Message;
        Assert.Equal($"The checkpoint {Checkpoint} cannot be read: delete it to start this training again.", message);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_and_leaves_the_last_checkpoint()
    {
        CancelAt(4, TinyTraining.Recipe, TinyTraining.Network());
        var before = File.ReadAllBytes(Checkpoint);
        var objective = new Watched(change: loss => loss.mul(double.NaN));
        using var trainer = tiny.Start(TinyTraining.Recipe, Files with { CheckpointInterval = TimeSpan.FromDays(1) }, objective).Trainer;
        var message = Assert.Throws<UserException>(() => trainer.Run()).Message;
        Assert.Contains("The loss became NaN at step 4 of 15, at a learning rate of 0.0", message);
        Assert.Contains("check the teacher", message);
        Assert.Contains(Checkpoint, message);
        Assert.Equal(before, File.ReadAllBytes(Checkpoint));
    }

    [Fact]
    public void A_learning_rate_far_too_high_is_named()
    {
        const double learningRate = 1e5;
        var constant = new Schedule(ScheduleKind.Constant, WarmUp: 0);
        var recipe = TinyTraining.Recipe with { Optimizer = new(LearningRate: learningRate), Schedule = constant };
        using var trainer = tiny.Start(recipe).Trainer;
        var message = Assert.Throws<UserException>(() => trainer.Run()).Message;
        Assert.Contains(FormattableString.Invariant($"learning rate of {learningRate:g3}"), message);
        Assert.DoesNotContain("checkpoint", message);
    }

    [SmallDiskFact]
    public void A_full_disk_leaves_the_last_checkpoint_and_the_training_can_go_on()
    {
        using var disk = new SmallDisk(256 * 1024);
        var files = new TrainingFiles(Path.Combine(disk.Path, "run"), "run");
        CancelAt(4, TinyTraining.Recipe, TinyTraining.Network(), files);
        var filler = Path.Combine(disk.Path, "filler");
        using var cancellation = new CancellationTokenSource();
        using var stopped = tiny.Start(TinyTraining.Recipe, files).Trainer;
        var error = Assert.Throws<UserException>(() => stopped.Run(new AtEachStep(progress =>
        {
            if (progress.Step != 7) return;
            Fill(filler);
            cancellation.Cancel();
        }), cancellation.Token));
        Assert.Contains("space", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(["checkpoint.safetensors", "metrics.jsonl"], Directory.EnumerateFiles(files.Folder).Select(Path.GetFileName).Order());
        File.Delete(filler);
        using var trainer = tiny.Start(TinyTraining.Recipe, files).Trainer;
        // That of the end of the first epoch.
        Assert.Equal(TinyTraining.StepsPerEpoch, trainer.Resume());
        trainer.Run();
    }

    private static void Fill(string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) stream.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }

    private static DistillationObjective Distilled(ImageClassifier teacher, long seed, out DistillationLoss loss)
    {
        using var shape = TinyTraining.Network(seed: seed);
        return new(new LiveTeacher([teacher]), loss = new(Distillation, shape, teacher));
    }

    private void CancelAt(int step, TrainingRecipe recipe, ImageClassifier model, TrainingFiles? files = null, IObjective? objective = null)
    {
        using var cancellation = new CancellationTokenSource();
        using var trainer = tiny.Start(recipe, files ?? Files, objective, model).Trainer;
        var progress = new AtEachStep(progress =>
        {
            if (progress.Step == step) cancellation.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => trainer.Run(progress, cancellation.Token));
        Assert.Equal(step, trainer.Step);
    }
}
