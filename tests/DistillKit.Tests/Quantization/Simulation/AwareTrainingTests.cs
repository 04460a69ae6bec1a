using DistillKit.Distillation;
using DistillKit.Graphs;
using DistillKit.Metrics;
using DistillKit.Quantization;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.Simulation;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.Simulation;

/// <summary>Quantization-aware training in the training loop.</summary>
[Collection(GlobalSettingsCollection.Name)]
public sealed class AwareTrainingTests : IDisposable
{
    private const int Epoch = TinyTraining.StepsPerEpoch;
    private const int Size = 8;

    private static readonly AwareRecipe Tracked = new();
    private static readonly AwareRecipe Learned = new(RangeLearning.Learned, RangeLearning.Learned);

    private readonly TinyTraining tiny = new();
    private readonly TemporaryFolder folder = new();
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
        tiny.Dispose();
    }

    public static TheoryData<string> Recipes => [.. Trainings.Keys];

    private static readonly Dictionary<string, (AwareRecipe Aware, TrainingRecipe Training)> Trainings = new()
    {
        ["tracked"] = (Tracked, TinyTraining.Recipe),
        ["learned"] = (Learned, TinyTraining.Recipe with { Optimizer = new(LearningRate: 0.01) }),
        ["fixed"] = (new(RangeLearning.Fixed, RangeLearning.Fixed), TinyTraining.Recipe),
        ["averaged"] = (Tracked, TinyTraining.Recipe with { AverageDecay = 0.9, ClipNorm = 1 }),
        ["AdamW"] = (Learned, TinyTraining.Recipe with { Optimizer = new(OptimizerKind.AdamW, 0.002) }),
    };

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_rounded_network_learns(string name)
    {
        var (aware, recipe) = Trainings[name];
        using var module = Module(aware);
        using var trainer = Trainer(module, recipe with { Phases = [new(8)] });
        var losses = new List<double>();
        var result = trainer.Run(new AtEachStep(progress => losses.Add(progress.Loss)));
        Assert.True(losses.TakeLast(Epoch).Average() < losses.Take(Epoch).Average(), $"the loss went from {losses[0]} to {losses[^1]}");
        Assert.True(result.ValidationAccuracy > 0.5, $"validation {result.ValidationAccuracy}"); // by chance 0.25
        Assert.False(module.training);
        Assert.Equal(result.ValidationAccuracy, Evaluator.Evaluate(module, tiny.Data.Validation, tiny.Data.ClassNames).Accuracy);
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_resumed_training_gives_the_graph_of_an_uninterrupted_one_to_the_bit(string name)
    {
        var (aware, recipe) = Trainings[name];
        using var uninterrupted = Module(aware);
        using (var trainer = Trainer(uninterrupted, recipe)) trainer.Run();

        // While ranges and norms still move, when they are just frozen, and after.
        foreach (var step in (int[])[2, 8, 2 * Epoch + 1, 3 * Epoch]) CancelAt(step, aware, recipe);
        using var module = Module(aware);
        // What the module starts with does not count.
        using (no_grad())
        {
            foreach (var parameter in module.parameters()) parameter.add_(1);
        }
        using var resumed = Trainer(module, recipe, new(folder["run"], "run"));
        Assert.Equal(3 * Epoch, resumed.Resume());
        resumed.Run();
        TinyTraining.AssertSame(uninterrupted.state_dict(), module.state_dict());
        SameGraph.Assert(uninterrupted.ToGraph(Size), module.ToGraph(Size));
    }

    [Fact]
    public void A_teacher_helps_a_rounded_network_too()
    {
        using var teacher = TinyTraining.Network();
        using var module = Module(Tracked);
        using var trainer = new Trainer(
            module, new DistillationObjective(new LiveTeacher([teacher]), new(0.9, 4)), TinyTraining.Recipe, tiny.Data, TinyTraining.Seed);
        var losses = new List<double>();
        trainer.Run(new AtEachStep(progress => losses.Add(progress.Loss)));
        Assert.True(losses.TakeLast(Epoch).Average() < losses.Take(Epoch).Average());
    }

    [Fact]
    public void The_module_is_told_the_share_of_the_training_that_is_done()
    {
        using var module = Module(new(FreezeNormsAt: 0.4, FreezeRangesAt: 0.6));
        using var trainer = Trainer(module, TinyTraining.Recipe);
        var (means, ranges) = (new List<float>(), new List<float>());
        trainer.Run(new AtEachStep(_ =>
        {
            using var inner = NewDisposeScope();
            means.Add(module.state_dict()["bn1.norm.running_mean"].sum().item<float>());
            ranges.Add(((QuantizeNode)module.ToGraph(Size)["images.quantized"]).Parameters!.Scales[0]);
        }));
        // 15 steps; a step's share is that of the steps before it.
        Assert.Equal([6, 9], new[] { means, ranges }.Select(values => values.Distinct().Count()));
        Assert.Equal(means[5], means[^1]);
        Assert.Equal(ranges[8], ranges[^1]);
    }

    [Fact]
    public void What_only_networks_in_floating_point_can_is_refused_in_a_line()
    {
        using var module = Module(Tracked);
        TrainingRecipe[] recipes =
        [
            TinyTraining.Recipe with { Unfreezing = [new(0, "stem")] },
            TinyTraining.Recipe with { Precision = Precision.BFloat16 },
        ];
        foreach (var recipe in recipes)
        {
            var message = Assert.Throws<UserException>(() => Trainer(module, recipe)).Message;
            Assert.Contains("are for networks in floating point", message);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void No_tensor_outlives_its_step()
    {
        var counts = new List<int>();
        using var module = Module(Learned);
        using var inner = NewDisposeScope();
        using var trainer = Trainer(module, TinyTraining.Recipe with { Phases = [new(20)], Optimizer = new(LearningRate: 0.001) });
        trainer.Run(new AtEachStep(progress =>
        {
            if (progress.Step is 20 or 80) counts.Add(inner.DisposablesCount);
        }));
        Assert.Equal(counts[0], counts[1]);
    }

    private GraphModule Module(AwareRecipe aware)
    {
        using var network = TinyTraining.Network();
        var (graph, plan) = (network.ToGraph(Size), new QuantizationPlan());
        return new(Quantizer.Quantize(graph, plan, Calibration.Run(graph, plan, tiny.Data.Training)), aware);
    }

    private Trainer Trainer(GraphModule module, TrainingRecipe recipe, TrainingFiles? files = null) =>
        new(module, new SupervisedObjective(0), recipe, tiny.Data, TinyTraining.Seed, files);

    private void CancelAt(int step, AwareRecipe aware, TrainingRecipe recipe)
    {
        using var cancellation = new CancellationTokenSource();
        using var module = Module(aware);
        using var trainer = Trainer(module, recipe, new(folder["run"], "run"));
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new AtEachStep(progress =>
        {
            if (progress.Step == step) cancellation.Cancel();
        }), cancellation.Token));
        Assert.Equal(step, trainer.Step);
    }
}
