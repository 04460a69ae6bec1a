using DistillKit.Graphs;
using DistillKit.Networks;

namespace DistillKit.Notebook.Exercises;

/// <summary>Answers of warm-ups that depend on what their notebook has, from what it hands over.</summary>
internal static class Answers
{
    internal static object Blue(object[] given)
    {
        var images = (ImageSet)given[0];
        int[] ninth = [.. Enumerable.Range(0, images.Count).Where(i => images.Labels[i] == 8)];
        return Normalization.Of(images.Subset(ninth)).Mean[^1];
    }

    internal static object Megabytes(object[] given)
    {
        var images = (ImageSet)given[0];
        return 1e-6 * sizeof(float) * ImageSet.Channels * images.ImageSize * images.ImageSize * images.Count;
    }

    internal static object LargerImages(object[] given)
    {
        var (spec, size) = ((ModelSpec)given[0], (int)given[1]);
        using var network = spec.Build();
        return (double)network.ToGraph(2 * size).MultiplyAccumulates / network.ToGraph(size).MultiplyAccumulates;
    }

    internal static int StepsOf(TrainingRecipe recipe, int images) => recipe.Epochs * (images / recipe.BatchSize);

    /// <summary>The weights of the first and the last layer in floating point, the others in 4 bits.</summary>
    internal static long BytesOfMixedPlan(Graph folded)
    {
        WeightedNode[] layers = [.. folded.Layers];
        var scheme = QuantizationScheme.Weights with { Bits = 4 };
        return sizeof(float) * folded.Parameters + layers[1..^1].Sum(layer =>
            QuantizationParameters.ForWeight(layer.Weight, scheme).PackedBytes(layer.Weight.Values.LongLength)
            - sizeof(float) * layer.Weight.Values.LongLength);
    }

    internal static long HalvedInTheLargestLayer(Graph eightBits)
    {
        var weights = eightBits.Layers.Max(layer => layer.Weight.Values.LongLength);
        return eightBits.PackedBytes - weights + (weights + 1) / 2;
    }

    internal static object BytesBesideWeights(object[] given) =>
        new FileInfo((string)given[0]).Length - ((Graph)given[1]).Layers.Sum(layer => layer.Weight.Values.LongLength);

    /// <summary>The most accurate row with a file of at most a megabyte, the faster of two; the smallest file where none fits.</summary>
    internal static object RowForAMegabyte(object[] given)
    {
        var rows = ((BenchmarkResult)given[0]).Rows;
        var affordable = rows.Index().Where(row => row.Item.FileBytes <= 1e6).ToArray();
        return affordable.Length == 0
            ? rows.Index().MinBy(row => (row.Item.FileBytes, row.Item.LatencyMilliseconds)).Index
            : affordable.OrderByDescending(row => row.Item.Accuracy).ThenBy(row => row.Item.LatencyMilliseconds).First().Index;
    }
}
