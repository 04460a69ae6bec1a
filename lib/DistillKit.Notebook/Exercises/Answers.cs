using DistillKit.Graphs;
using DistillKit.Networks;

namespace DistillKit.Notebook.Exercises;

/// <summary>Answers of warm-ups that depend on what their notebook has, from what it hands over.</summary>
internal static class Answers
{
    internal static object Blue(object[] given)
    {
        var (images, kind) = ((ImageSet)given[0], (int)given[1]);
        int[] ofKind = [.. Enumerable.Range(0, images.Count).Where(i => images.Labels[i] == kind)];
        return Normalization.Of(images.Subset(ofKind)).Mean[^1];
    }

    internal static object Megabytes(object[] given)
    {
        var images = (ImageSet)given[0];
        return 1e-6 * sizeof(float) * ImageSet.Channels * images.ImageSize * images.ImageSize * images.Count;
    }

    internal static object LargerImages(object[] given)
    {
        var (spec, size, times) = ((ModelSpec)given[0], (int)given[1], (int)given[2]);
        using var network = spec.Build();
        return (double)network.ToGraph(times * size).MultiplyAccumulates / network.ToGraph(size).MultiplyAccumulates;
    }

    /// <summary>The divergence for two classes: the first one's probability, and what is said of it.</summary>
    internal static double Divergence(double p, double q) => p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q));

    /// <summary>The weights of the first and the last layer in floating point, the others in 4 bits.</summary>
    internal static long BytesOfMixedPlan(Graph folded)
    {
        WeightedNode[] layers = [.. folded.Layers];
        var scheme = QuantizationScheme.Weights with { Bits = 4 };
        return sizeof(float) * folded.Parameters + layers[1..^1].Sum(layer =>
            QuantizationParameters.ForWeight(layer.Weight, scheme).PackedBytes(layer.Weight.Values.LongLength)
            - sizeof(float) * layer.Weight.Values.LongLength);
    }

    internal static long FewerBitsInTheLargestLayer(Graph eightBits, int bits)
    {
        var weights = eightBits.Layers.Max(layer => layer.Weight.Values.LongLength);
        return eightBits.PackedBytes - weights + (weights * bits + 7) / 8;
    }

    internal static object BytesBesideWeights(object[] given) =>
        new FileInfo((string)given[0]).Length - ((Graph)given[1]).Layers.Sum(layer => layer.Weight.Values.LongLength);

    /// <summary>Of the rows with a file of so many kilobytes (or the smallest) the fastest that may be as accurate as the best.</summary>
    internal static object RowForTheMoney(object[] given)
    {
        var (result, kilobytes) = ((BenchmarkResult)given[0], (int)given[1]);
        var most = Math.Max(1e3 * kilobytes, result.Rows.Min(row => row.FileBytes));
        var affordable = result.Rows.Index().Where(row => row.Item.FileBytes <= most).ToArray();
        var best = affordable.Max(row => row.Item.Accuracy);
        return affordable.Where(row => Lessons.Wilson(row.Item.Accuracy, result.TestImages).High >= best)
            .MinBy(row => row.Item.LatencyMilliseconds).Index;
    }
}
