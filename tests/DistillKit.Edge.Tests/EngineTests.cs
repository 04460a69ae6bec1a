using DistillKit.Edge.Execution;
using DistillKit.Edge.Fusion;
using DistillKit.Edge.Onnx;
using DistillKit.Edge.Tests.Models;
using DistillKit.Graphs.Onnx;
using Google.Protobuf;

namespace DistillKit.Edge.Tests;

/// <summary>The engine against the interpreter, on random networks of every kind of file.</summary>
public sealed class EngineTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_float_file_gives_the_interpreters_logits(int seed)
    {
        var network = TestNetworks.Random(seed);
        AssertClose(FileWriter.Write(network, FileStyle.Random(FileKind.Float, seed)), network.Images(1), 1e-4);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_dynamic_file_gives_the_interpreters_logits(int seed)
    {
        var network = TestNetworks.Random(seed);
        // A value on the edge between two integers may fall to either side: one step of 255.
        AssertClose(FileWriter.Write(network, FileStyle.Random(FileKind.Dynamic, seed)), network.Images(1), 1e-2);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Every_operator_of_a_static_file_is_right_to_one_step(int seed) => AssertSteps(FileKind.Static, seed);

    [Theory, MemberData(nameof(Seeds))]
    public void Every_operator_of_a_mixed_file_is_right_to_one_step(int seed) => AssertSteps(FileKind.Mixed, seed);

    /// <summary>Gives each operator of both sides the same inputs: the interpreter goes on with what the engine computed.</summary>
    private static unsafe void AssertSteps(FileKind kind, int seed)
    {
        var network = TestNetworks.Random(seed);
        var model = FileWriter.Write(network, FileStyle.Random(kind, seed), Ranges.Of(network));
        var images = network.Images(3);
        var program = Fuser.Fuse(KernelSets.Supported[0], NetworkBuilder.Build(ModelReader.Read(model.ToByteArray())));
        using var arena = Arena.Allocate(program, 3);
        using var workers = new Workers(1);
        var interpreter = new Interpreter(model);
        interpreter.Set(images);
        fixed (float* input = images)
        {
            program.Images.Address = (byte*)input;
            foreach (var operation in program.Operators)
            {
                operation.Execute(workers, 3);
                // Conversions between float and u8 carry the name of a value that is there already.
                if (operation.Kind is not ("reorder images" or "dequantize"))
                    Compare(interpreter, interpreter.Node(operation.Output.Name), operation.Output);
            }
        }
    }

    private static void Compare(Interpreter interpreter, NodeProto node, ActivationBuffer output)
    {
        var (expected, actual, tolerance) = (interpreter.Evaluate(node), Read(output, 3), 1.0);
        if (node.OpType == "QuantizeLinear")
            actual = Array.ConvertAll(actual, value => value - (interpreter.IsSigned(node) ? 128 : 0));
        else if (output.Grid is { } grid)
            (actual, tolerance) = (Array.ConvertAll(actual, value => (value - grid.ZeroPoint) * grid.Scale), 1e-5);
        else
            tolerance = 1e-5 * Math.Max(1, expected.Data.Max(Math.Abs));
        for (var i = 0; i < actual.Length; i++)
            Assert.True(Math.Abs(actual[i] - expected.Data[i]) <= tolerance,
                $"{node.OpType} {node.Name}: {actual[i]} at {i}, expected {expected.Data[i]}");
        interpreter.Set(node.Output[0], expected with { Data = actual });
    }

    /// <summary>A buffer's values in the interpreter's order.</summary>
    private static unsafe double[] Read(ActivationBuffer buffer, int images)
    {
        var (channels, pixels) = (buffer.Shape.Channels, buffer.Shape.Pixels);
        var result = new double[images * channels * pixels];
        for (var i = 0; i < result.Length; i++)
        {
            var (image, channel, pixel) = (i / pixels / channels, i / pixels % channels, i % pixels);
            var index = (image * pixels + pixel) * channels + channel;
            result[i] = buffer.Format == ElementFormat.Byte ? buffer.Bytes(0)[index] : buffer.Floats(0)[index];
        }
        return result;
    }

    private static void AssertClose(ModelProto file, float[] images, double tolerance)
    {
        using var model = EdgeModel.Load(file.ToByteArray());
        var logits = new float[model.Classes];
        model.Run(images, logits);
        var expected = new Interpreter(file).Run(images);
        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < logits.Length; i++)
            Assert.True(Math.Abs(logits[i] - expected[i]) <= tolerance * scale, $"logit {i} is {logits[i]}, expected {expected[i]}");
    }
}
