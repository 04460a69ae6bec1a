using DistillKit.Edge.Execution;
using DistillKit.Edge.Fusion;
using DistillKit.Edge.Onnx;
using DistillKit.Graphs.Onnx;
using DistillKit.Edge.Tests.Models;
using Google.Protobuf;

namespace DistillKit.Edge.Tests;

public sealed class BufferPlacementTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    [Theory, MemberData(nameof(Seeds))]
    public void Values_that_are_alive_together_never_overlap(int seed)
    {
        var source = TestNetworks.Random(seed);
        var network = Fuse(FileWriter.Write(source, FileStyle.Random((FileKind)(seed % 4), seed), Ranges.Of(source)));
        var placement = new BufferPlacement(network, 3);
        var operators = network.Operators;
        ActivationBuffer[] all = [.. operators.Select(operation => operation.Output)];
        foreach (var first in all)
            foreach (var second in all)
                if (first != second && AreAliveTogether(network, first, second))
                    Assert.True(End(placement, first) <= placement.Offsets[second] || End(placement, second) <= placement.Offsets[first]);
        Assert.All(all, value => Assert.Equal(0, placement.Offsets[value] % 64));
        Assert.All(all, value => Assert.InRange(End(placement, value), 0, placement.Bytes));
    }

    [Fact]
    public void Buffers_are_used_again()
    {
        var source = TestNetworks.MobileNetV2(width: 2);
        var network = Fuse(FileWriter.Write(source, new(FileKind.Float)));
        var total = network.Operators.Sum(operation => operation.Output.BytesOfImage);
        Assert.True(new BufferPlacement(network, 1).Bytes < total / 4);
    }

    private static ExecutableNetwork Fuse(ModelProto model) =>
        Fuser.Fuse(KernelSets.Supported[^1], NetworkBuilder.Build(ModelReader.Read(model.ToByteArray())));

    private static long End(BufferPlacement placement, ActivationBuffer value) => placement.Offsets[value] + value.BytesOfImage * 3;

    private static bool AreAliveTogether(ExecutableNetwork network, ActivationBuffer first, ActivationBuffer second)
    {
        var ((start, end), (otherStart, otherEnd)) = (Life(network, first), Life(network, second));
        return start <= otherEnd && otherStart <= end;
    }

    /// <summary>From the operator that writes a value to the last that reads it.</summary>
    private static (int Start, int End) Life(ExecutableNetwork network, ActivationBuffer value)
    {
        var steps = Enumerable.Range(0, network.Operators.Count).ToArray();
        var start = steps.First(step => network.Operators[step].Output == value);
        return (start, value == network.Logits
            ? int.MaxValue : steps.LastOrDefault(step => network.Operators[step].Inputs.Contains(value), start));
    }
}
