using System.Runtime.InteropServices;
using DistillKit.Edge.Kernels;
using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Execution;

/// <summary>The native memory of all buffers of a program, planned so that values which are not alive together share it.</summary>
internal sealed unsafe class Arena : SafeHandle
{
    private const int Alignment = 64;

    /// <summary>As much of the processor's second-level cache as a chunk's values should fill.</summary>
    private const long ComfortableBytes = 1 << 20;
    public const int LargestChunk = 64;

    private Arena(long bytes) : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment));

    public override bool IsInvalid => handle == 0;

    /// <summary>How many images run at a time.</summary>
    public static int Chunk(FusedNetwork program) => (int)Math.Clamp(ComfortableBytes / Math.Max(1, new MemoryPlan(program, 1).Bytes), 1, LargestChunk);

    /// <summary>Allocates the memory for a chunk of images and tells each buffer its place.</summary>
    public static Arena Allocate(FusedNetwork program, int chunk)
    {
        var plan = new MemoryPlan(program, chunk);
        if (plan.Bytes > Limits.ArenaBytes)
            throw new EdgeException($"The model needs {plan.Bytes >> 20} MiB for its activations, more than the {Limits.ArenaBytes >> 20} MiB this engine allows. Use smaller images.");
        var bytes = plan.Bytes + Convolution.Slack;
        var arena = new Arena(bytes);
        new Span<byte>((void*)(arena.handle + (nint)plan.Bytes), Convolution.Slack).Clear();
        foreach (var (buffer, offset) in plan.Offsets)
            buffer.Address = (byte*)arena.handle + offset;
        return arena;
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
