using DistillKit.Edge.Tests.Models;
using DistillKit.Edge.Tests.Sample;
using EdgeClassify;
using global::Tests.Shared.Fuzzing;
using Google.Protobuf;

namespace DistillKit.Edge.Tests;

/// <summary>
/// Damaged files either load and run, or are refused with one line. What runs gives the same bits with every instruction set, whatever the
/// memory held before, touches no memory but its own, and agrees with ONNX Runtime where that runs it.
/// </summary>
public sealed class FuzzTests
{
    /// <summary>What a mutant may ask of the processor and still be run.</summary>
    private const long MostWork = 20_000_000, MostCompared = 1_000_000;

    private static readonly byte[][] originals = [.. Enumerable.Range(0, 16).Select(seed =>
    {
        var network = TestNetworks.Random(seed);
        return FileWriter.Write(network, FileStyle.Random((FileKind)(seed % 4), seed), Ranges.Of(network)).ToByteArray();
    })];

    [Fact]
    public void Mutated_bytes_are_harmless() => Run("edge-onnx-bytes", 0.1, originals, Classify, ByteMutations.Apply);

    [Fact]
    public void Mutated_models_are_harmless() => Run("edge-onnx-structure", 0.15, originals, Classify,
        OnnxMutations.Apply, (random, file) => ByteMutations.Apply(random, OnnxMutations.Apply(random, file)));

    [Fact]
    public void Mutated_models_give_the_same_bits_everywhere_or_what_ONNX_Runtime_gives() =>
        Run("edge-onnx-answers", 0.2, originals, Compare, OnnxMutations.Apply,
            (random, _) => RandomGraphs.Build(random), (random, _) => OnnxMutations.Apply(random, RandomGraphs.Build(random)));

    [Fact]
    public void Mutated_pictures_are_harmless()
    {
        byte[][] pictures = [PictureTests.Jpeg, PngFile.Write(5, 5, 6, new byte[100]), PngFile.Write(40, 30, 2, new byte[3600])];
        Run("edge-pictures", 0.05, pictures, file => Picture.Decode(file, "test").Resized(8, 8), ByteMutations.Apply);
    }

    private static void Run(
        string name, double share, byte[][] files, Action<byte[]> read, params Func<Random, byte[], byte[]>[] mutators)
    {
        var counts = Fuzzer.Run(new(name, share, files, read, e => e is EdgeException) { Mutators = mutators });
        Assert.True(counts.Read > 0 && counts.Refused > 0, counts.ToString());
    }

    private static void Classify(byte[] file)
    {
        using var model = EdgeModel.Load(file);
        var length = model.InputShape.Aggregate(1L, (product, extent) => product * extent);
        if (model.MultiplyAccumulates > MostWork || length > MostWork / 10)
            return;
        model.Run(Images((int)length, 2), new float[2 * model.Classes]);
    }

    private static void Compare(byte[] file)
    {
        using var model = EdgeModel.Load(file);
        var length = model.InputShape.Aggregate(1L, (product, extent) => product * extent);
        if (model.MultiplyAccumulates > MostCompared || length > MostCompared / 10)
            return;
        var (images, logits) = (Images((int)length, 3), new float[3 * model.Classes]);
        model.Run(images, logits);
        foreach (var set in KernelSets.Supported)
            foreach (var pattern in (byte[])[0xA5, 0x7F])
                Assert.Equal(logits, GuardedRun.Run(file, set, images, 3, pattern));
        // Dynamic quantization takes the range of a whole batch there, and that of each image here.
        // A bias in float that is rounded to whole products can tip a value that lies between two steps, and the layers behind it make a
        // large difference of that; so such biases are added as they are here. Those that the file has as integers stay integers.
        var first = images[..(int)length];
        var answer = GuardedRun.Run(file, KernelSets.Supported[0], first, 1, 0, mostBiasError: 1e-6);
        Assert.Null(OnnxRuntimeReference.Difference(file, first, answer, 0.05));
    }

    private static float[] Images(int length, int count)
    {
        var random = new Random(length);
        return [.. Enumerable.Range(0, count * length).Select(_ => random.NextSingle() * 4 - 2)];
    }
}
