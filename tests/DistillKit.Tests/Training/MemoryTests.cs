using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Networks;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

/// <summary>What nobody frees adds up: tensors are counted while no other test runs.</summary>
[Collection(GlobalSettingsCollection.Name)]
public sealed class MemoryTests : IDisposable
{
    private const int Epochs = 100;
    private const long Megabyte = 1 << 20;

    private readonly TinyTraining tiny = new();

    public void Dispose() => tiny.Dispose();

    public static TheoryData<string> Cases => [.. Recipes.Keys];

    private static readonly Dictionary<string, TrainingRecipe> Recipes = new()
    {
        ["SGD"] = TinyTraining.Recipe,
        ["AdamW, averaged, mixed and clipped"] = TinyTraining.Recipe with
        {
            Optimizer = new(OptimizerKind.AdamW, 0.002),
            AverageDecay = 0.9,
            Mixing = new(0.2, 0.2),
            ClipNorm = 1,
            Augmentation = new(1, Flip.Random, 2),
        },
        ["bfloat16"] = TinyTraining.Recipe with { Precision = Precision.BFloat16 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Five_hundred_steps_leave_no_tensor_behind(string name) => AssertFlat(Recipes[name]);

    [Fact]
    public void Neither_do_those_with_a_teacher()
    {
        using var teacher = TinyTraining.Network(seed: 2);
        using var student = TinyTraining.Network();
        var recipe = new DistillationRecipe(0.9, 4) { Terms = [new HintonTerm(), new HintTerm("layer1", "layer1")] };
        using var loss = new DistillationLoss(recipe, student, teacher);
        AssertFlat(TinyTraining.Recipe, new DistillationObjective(new LiveTeacher([teacher]), loss), student);
    }

    private void AssertFlat(TrainingRecipe recipe, IObjective? objective = null, ImageClassifier? model = null)
    {
        var counts = new List<(long Tensors, long Memory)>();
        var (trainer, network) = tiny.Start(recipe with { Phases = [new(Epochs)] }, objective: objective, model: model);
        using (network)
        using (trainer)
        {
            trainer.Run(new AtEachStep(progress =>
            {
                if (progress.Step % (Epochs * TinyTraining.StepsPerEpoch / 5) == 0) counts.Add((Count(), Environment.WorkingSet));
            }));
        }
        Assert.Equal(5, counts.Count);
        Assert.All(counts, count => Assert.Equal(counts[0].Tensors, count.Tensors));
        Assert.InRange(counts[^1].Memory - counts[0].Memory, long.MinValue, 32 * Megabyte);
    }

    private static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
