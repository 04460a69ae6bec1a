using DistillKit.Data;
using DistillKit.Networks;
using DistillKit.Training;
using static TorchSharp.torch;

namespace Tests.Shared;

/// <summary>A training of milliseconds, on one thread so that it repeats to the bit: which quadrant of the image is bright?</summary>
internal sealed class TinyTraining : IDisposable
{
    public const int StepsPerEpoch = 5;
    public const ulong Seed = 3;

    private const int BatchSize = 16;
    private const int Size = 8;

    private static readonly string[] Names = ["top left", "top right", "bottom left", "bottom right"];

    private readonly int threads = get_num_threads();

    public TinyTraining() => set_num_threads(1);

    public static ModelSpec Spec { get; } = new ResNetSpec { Blocks = [1], Width = 0.125, Classes = Names.Length };

    public static TrainingRecipe Recipe { get; } = new()
    {
        Phases = [new(3)],
        BatchSize = BatchSize,
        Optimizer = new(LearningRate: 0.05),
        Augmentation = Augmentation.None,
        Precision = Precision.Float32,
    };

    public TrainingData Data { get; } = new(Images(StepsPerEpoch * BatchSize, 1), Images(40, 2), Names);

    public static ImageClassifier Network(ModelSpec? spec = null, long seed = 1)
    {
        manual_seed(seed);
        return (spec ?? Spec).Build();
    }

    /// <summary>A training of a fresh network that learns from labels.</summary>
    public (Trainer Trainer, ImageClassifier Model) Start(
        TrainingRecipe recipe, TrainingFiles? files = null, IObjective? objective = null, ImageClassifier? model = null)
    {
        model ??= Network();
        return (new(model, objective ?? new SupervisedObjective(recipe.LabelSmoothing), recipe, Data, Seed, files), model);
    }

    /// <summary>A copy of a network's state that stays as it is.</summary>
    public static IReadOnlyDictionary<string, Tensor> Copy(nn.Module model) => ModelState.Copy(model.state_dict());

    public static void AssertSame(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, entry => Assert.True(entry.Value.eq(actual[entry.Key]).all().item<bool>(), entry.Key));
    }

    public void Dispose()
    {
        set_num_threads(threads);
        Data.Training.Dispose();
        Data.Validation.Dispose();
    }

    private static DeviceImages Images(int count, int seed)
    {
        var random = new Random(seed);
        var labels = new byte[count];
        var pixels = new byte[count * ImageSet.Channels * Size * Size];
        for (var image = 0; image < count; image++)
        {
            labels[image] = (byte)(image % Names.Length);
            for (var i = 0; i < ImageSet.Channels * Size * Size; i++)
            {
                var (y, x) = (i / Size % Size, i % Size);
                var isBright = (2 * (y / (Size / 2)) + x / (Size / 2)) == labels[image];
                pixels[image * ImageSet.Channels * Size * Size + i] = (byte)(random.Next(100) + (isBright ? 120 : 0));
            }
        }
        return new(new ImageSet(pixels, labels, Names), CPU);
    }
}

/// <summary>Calls an action after each step.</summary>
internal sealed class AtEachStep(Action<TrainingProgress> act) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => act(value);
}

/// <summary>Lets a test look at each batch, and change the loss, before another objective's result goes on.</summary>
internal sealed class Watched(Action<nn.Module, Batch>? look = null, Func<Tensor, Tensor>? change = null) : IObjective
{
    private readonly SupervisedObjective supervised = new(0);

    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch)
    {
        look?.Invoke(model, batch);
        var (loss, logits) = supervised.Compute(model, batch);
        return (change is null ? loss : change(loss), logits);
    }
}
