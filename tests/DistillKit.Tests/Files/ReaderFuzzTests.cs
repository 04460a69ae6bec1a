using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DistillKit.Files;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Networks;
using DistillKit.Quantization.Plans;
using Tests.Shared.Fuzzing;
using static TorchSharp.torch;

namespace DistillKit.Tests.Files;

/// <summary>Whatever the bytes, the library's readers read them, and what they read can be used, or refuse them in a line.</summary>
public sealed class ReaderFuzzTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Damaged_networks_are_loaded_or_refused()
    {
        ModelSpec[] specs = [new ResNetSpec { Blocks = [1, 1], Width = 0.125 }, new MobileNetV2Spec { Width = 0.1 }];
        Run(new("safetensors", 0.12, [.. specs.Select(Saved)], Load, error => error is UserException)
        {
            Mutators = [ByteMutations.Apply, MutateHeader, MutateSpec],
        });

        byte[] Saved(ModelSpec spec)
        {
            using var network = spec.Build();
            ModelFile.Save(folder["original"], network, new() { Spec = spec, Recipe = "{}", Seed = 1, Date = DateTimeOffset.UnixEpoch });
            return File.ReadAllBytes(folder["original"]);
        }

        void Load(byte[] mutant)
        {
            using var scope = NewDisposeScope();
            File.WriteAllBytes(folder["mutant"], mutant);
            using var file = Safetensors.Load(folder["mutant"]);
            var (network, _) = ModelFile.Load(folder["mutant"]);
            network.eval();
            network.call(zeros(1, 3, 32, 32));
            OnnxFile.ToBytes(FoldBatchNorm.Apply(network.ToGraph(32)));
        }
    }

    [Fact]
    public void Damaged_ONNX_files_are_read_or_refused()
    {
        string[] kinds = ["float", "static", "symmetric", "low bit", "dynamic", "mixed"];
        Run(new("library-onnx", 0.15, [.. kinds.Select(kind => OnnxFile.ToBytes(TestGraphs.Quantized(TestGraphs.ResNet, kind)))],
            Load, error => error is InvalidDataException or UserException)
        {
            Mutators = [ByteMutations.Apply, OnnxMutations.Apply],
        });

        static void Load(byte[] mutant)
        {
            using var scope = NewDisposeScope();
            var graph = OnnxFile.FromBytes(mutant);
            Assert.NotEmpty(graph.ToText());
            TestGraphs.Logits(graph, zeros(1, graph.Input.Channels, graph.Input.Size, graph.Input.Size));
        }
    }

    [Fact]
    public void Damaged_plans_are_read_or_refused()
    {
        var graph = TestGraphs.Folded(TestGraphs.ResNet);
        QuantizationPlan[] plans = [new(), TestGraphs.Plan("mixed", graph), TestGraphs.Plan("signed", graph)];
        Run(new("plans", 0.05, [.. plans.Select(plan => Encoding.UTF8.GetBytes(plan.ToJson()))], Load, error => error is UserException)
        {
            Mutators = [ByteMutations.Apply, JsonMutations.Apply],
        });

        void Load(byte[] mutant)
        {
            var plan = QuantizationPlan.Parse(Encoding.UTF8.GetString(mutant), "plan.json");
            var ranges = Quantizer.CalibratedResults(graph, plan).ToDictionary(
                result => result.Key, result => QuantizationParameters.FromRange(-1, 6, result.Value));
            OnnxFile.ToBytes(Quantizer.Quantize(graph, plan, ranges));
            plan.Observer.Create();
        }
    }

    private static void Run(FuzzTarget target)
    {
        // Other tests run beside these.
        var counts = Fuzzer.Run(target with { MostTime = TimeSpan.FromSeconds(30), MostGrowth = 2L << 30 });
        Assert.True(counts.Refused > 0, $"{counts}");
    }

    private static byte[] MutateHeader(Random random, byte[] file) => WithHeader(file, header => JsonMutations.Apply(random, header));

    /// <summary>Changes the description of the network, which is JSON within the header's JSON.</summary>
    private static byte[] MutateSpec(Random random, byte[] file) => WithHeader(file, header =>
    {
        var root = JsonNode.Parse(header)!;
        var metadata = root["__metadata__"]!;
        metadata["spec"] = Encoding.UTF8.GetString(JsonMutations.Apply(random, Encoding.UTF8.GetBytes((string)metadata["spec"]!)));
        return JsonSerializer.SerializeToUtf8Bytes(root);
    });

    private static byte[] WithHeader(byte[] file, Func<byte[], byte[]> change)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var header = change(file[8..(8 + length)]);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        return [.. prefix, .. header, .. file[(8 + length)..]];
    }
}
