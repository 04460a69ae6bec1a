using DistillKit.Edge.Tests.Models;
using DistillKit.Graphs.Onnx;
using Google.Protobuf;

namespace DistillKit.Edge.Tests;

/// <summary>
/// Damaged files either load and run, or are refused with one line. DISTILLKIT_FUZZ=N makes the campaign N times as long.
/// </summary>
public sealed class FuzzTests
{
    private const int Mutants = 1000;

    /// <summary>What a mutant may ask of the processor and still be run.</summary>
    private const long MostWork = 20_000_000;

    private static int Factor => int.TryParse(Environment.GetEnvironmentVariable("DISTILLKIT_FUZZ"), out var factor) ? factor : 1;

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Mutated_bytes_are_harmless(int kind) => Run(kind, (random, model) => ByteMutations.Apply(random, model.ToByteArray()));

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Mutated_models_are_harmless(int kind) => Run(kind, (random, model) => ModelMutations.Apply(random, model).ToByteArray());

    private static void Run(int kind, Func<Random, ModelProto, byte[]> mutate)
    {
        var originals = Enumerable.Range(0, 4).Select(seed =>
        {
            var network = TestNetworks.Random(seed + 10 * kind);
            return FileWriter.Write(network, FileStyle.Random((FileKind)kind, seed), Ranges.Of(network));
        }).ToArray();
        var (random, loaded) = (new Random(kind), 0);
        for (var i = 0; i < Mutants * Factor; i++)
        {
            var mutant = mutate(random, originals[random.Next(originals.Length)]);
            try
            {
                using var model = EdgeModel.Load(mutant);
                loaded++;
                if (model.MultiplyAccumulates <= MostWork
                    && model.InputShape[0] * model.InputShape[1] * (long)model.InputShape[2] <= MostWork / 10)
                    Classify(model);
            }
            catch (EdgeException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                Assert.InRange(e.Message.Length, 20, 400);
            }
        }
        Assert.InRange(loaded, 1, Mutants * Factor - 1);
    }

    private static void Classify(EdgeModel model)
    {
        var images = new float[2 * model.InputShape[0] * model.InputShape[1] * model.InputShape[2]];
        images.AsSpan().Fill(0.5f);
        model.Run(images, new float[2 * model.Classes]);
    }
}
