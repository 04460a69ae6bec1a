using DistillKit.Edge.Execution;
using DistillKit.Edge.Fusion;
using DistillKit.Edge.Kernels;
using DistillKit.Edge.Onnx;
using DistillKit.Edge.Tests.Models;
using DistillKit.Graphs.Onnx;
using Google.Protobuf;

namespace DistillKit.Edge.Tests;

public sealed class MemoryPlanTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    [Theory, MemberData(nameof(Seeds))]
    public void Values_that_are_alive_together_never_overlap(int seed)
    {
        var network = TestNetworks.Random(seed);
        var program = Fuse(FileWriter.Write(network, FileStyle.Random((FileKind)(seed % 4), seed), Ranges.Of(network)));
        var plan = new MemoryPlan(program, 3);
        var operators = program.Operators;
        Activation[] all = [.. operators.Select(operation => operation.Output)];
        foreach (var first in all)
            foreach (var second in all)
                if (first != second && AreAliveTogether(program, first, second))
                    Assert.True(End(plan, first) <= plan.Offsets[second] || End(plan, second) <= plan.Offsets[first]);
        Assert.All(all, value => Assert.Equal(0, plan.Offsets[value] % 64));
        Assert.All(all, value => Assert.InRange(End(plan, value), 0, plan.Bytes));
    }

    [Fact]
    public void Buffers_are_used_again()
    {
        var network = TestNetworks.MobileNetV2(width: 2);
        var program = Fuse(FileWriter.Write(network, new(FileKind.Float)));
        var total = program.Operators.Sum(operation => operation.Output.BytesOfImage);
        Assert.True(new MemoryPlan(program, 1).Bytes < total / 4);
    }

    private static FusedNetwork Fuse(ModelProto model) => Fuser.Fuse(KernelSet.Supported[^1], NetworkReader.Read(ModelReader.Read(model.ToByteArray())));

    private static long End(MemoryPlan plan, Activation value) => plan.Offsets[value] + value.BytesOfImage * 3;

    private static bool AreAliveTogether(FusedNetwork program, Activation first, Activation second)
    {
        var ((start, end), (otherStart, otherEnd)) = (Life(program, first), Life(program, second));
        return start <= otherEnd && otherStart <= end;
    }

    /// <summary>From the operator that writes a value to the last that reads it.</summary>
    private static (int Start, int End) Life(FusedNetwork program, Activation value)
    {
        var steps = Enumerable.Range(0, program.Operators.Count).ToArray();
        var start = steps.First(step => program.Operators[step].Output == value);
        return (start, value == program.Logits ? int.MaxValue : steps.LastOrDefault(step => program.Operators[step].Inputs.Contains(value), start));
    }
}
