using System.Runtime.InteropServices;
using DistillKit.Edge.Execution;
using DistillKit.Edge.Fusion;
using DistillKit.Edge.Kernels;
using DistillKit.Edge.Onnx;
using DistillKit.Edge.Tests.Kernels;

namespace DistillKit.Edge.Tests.Models;

/// <summary>
/// Runs a network whose values lie each in memory of its own, with pages around it that do not exist, instead of side by side in the
/// arena: an operator that reads or writes beyond its values is seen, and one that reads what nobody wrote depends on the pattern.
/// </summary>
internal static class GuardedRun
{
    /// <summary>With such memory for the packed weights, too.</summary>
    private static unsafe ExecutableNetwork Fuse(byte[] file, KernelSet set, double mostBiasError)
    {
        NativeBuffer.Allocate = bytes =>
        {
            var memory = new GuardedBuffer((int)(bytes + 63 & ~63), 0, 0);
            return ((nint)memory.Pointer, memory.Dispose);
        };
        try
        {
            return Fuser.Fuse(set, NetworkBuilder.Build(ModelReader.Read(file)), mostBiasError);
        }
        finally
        {
            NativeBuffer.Allocate = null;
        }
    }

    public static unsafe float[] Run(
        byte[] file, KernelSet set, float[] images, int count, byte pattern, double mostBiasError = Fuser.MostBiasError)
    {
        var program = Fuse(file, set, mostBiasError);
        using var input = new GuardedBuffer(images.Length * sizeof(float), 0, pattern);
        var buffers = new List<GuardedBuffer>();
        try
        {
            MemoryMarshal.AsBytes<float>(images).CopyTo(input.Bytes);
            program.Images.Address = input.Pointer;
            foreach (var operation in program.Operators)
            {
                buffers.Add(new(count * (int)operation.Output.BytesOfImage, ConvolutionKernel.Slack, pattern));
                operation.Output.Address = buffers[^1].Pointer;
            }
            using var workers = new Workers(1);
            foreach (var operation in program.Operators)
                operation.Execute(workers, count);
            Assert.All(buffers.Append(input), buffer => Assert.True(buffer.IsIntact, "an operator wrote outside of its values"));
            return new ReadOnlySpan<float>(program.Logits.Address, count * program.Logits.Shape.Elements).ToArray();
        }
        finally
        {
            buffers.ForEach(buffer => buffer.Dispose());
            foreach (var operation in program.Operators)
                operation.Dispose();
        }
    }
}
