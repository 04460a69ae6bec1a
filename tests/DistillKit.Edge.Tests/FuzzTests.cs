using DistillKit.Edge.Tests.Models;
using Google.Protobuf;
using global::Tests.Shared.Fuzzing;

namespace DistillKit.Edge.Tests;

/// <summary>Damaged files either load and run, or are refused with one line.</summary>
public sealed class FuzzTests
{
    /// <summary>What a mutant may ask of the processor and still be run.</summary>
    private const long MostWork = 20_000_000;

    private static readonly byte[][] originals = [.. Enumerable.Range(0, 16).Select(seed =>
    {
        var network = TestNetworks.Random(seed);
        return FileWriter.Write(network, FileStyle.Random((FileKind)(seed % 4), seed), Ranges.Of(network)).ToByteArray();
    })];

    [Fact]
    public void Mutated_bytes_are_harmless() => Run("edge-onnx-bytes", 0.1, ByteMutations.Apply);

    [Fact]
    public void Mutated_models_are_harmless() => Run("edge-onnx-structure", 0.15, OnnxMutations.Apply);

    private static void Run(string name, double share, Func<Random, byte[], byte[]> mutate)
    {
        var counts = Fuzzer.Run(new(name, share, originals, Classify, e => e is EdgeException) { Mutators = [mutate] });
        Assert.True(counts.Read > 0 && counts.Refused > 0, counts.ToString());
    }

    private static void Classify(byte[] file)
    {
        using var model = EdgeModel.Load(file);
        var length = model.InputShape.Aggregate(1L, (product, extent) => product * extent);
        if (model.MultiplyAccumulates > MostWork || length > MostWork / 10)
            return;
        var images = new float[2 * length];
        images.AsSpan().Fill(0.5f);
        model.Run(images, new float[2 * model.Classes]);
    }
}
