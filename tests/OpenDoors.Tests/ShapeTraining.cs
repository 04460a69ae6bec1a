using DistillKit.Data;
using DistillKit.Networks;
using DistillKit.Training;
using static TorchSharp.torch;

// Networks start from the engine's one generator.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace OpenDoors.Tests;

/// <summary>Some drawn shapes to learn from, and a training of seconds.</summary>
internal static class ShapeTraining
{
    public static TrainingRecipe Recipe { get; } = new()
    {
        Phases = [new(2, Resolution: 16)],
        BatchSize = 32,
        Precision = Precision.Float32,
    };

    public static TrainingData Data { get; } = new(
        new(SyntheticImages.Create(320, seed: 1), CPU), new(SyntheticImages.Create(100, seed: 2), CPU), SyntheticImages.ClassNames);

    public static ImageClassifier Small(ulong seed)
    {
        manual_seed((long)seed);
        return new ResNetSpec { Blocks = [1, 1], Width = 0.125 }.Build();
    }

    public static TrainingResult Train(ImageClassifier network, IObjective objective, TrainingData? data = null)
    {
        using var trainer = new Trainer(network, objective, Recipe, data ?? Data, seed: 1);
        return trainer.Run();
    }
}
