using System.Runtime.InteropServices;

namespace DistillKit.Edge.Kernels;

/// <summary>Zeroed native memory, aligned to a cache line, with <see cref="Convolution.Slack"/> bytes after its end.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    public NativeBuffer(long bytes)
    {
        var size = checked((nuint)bytes + Convolution.Slack);
        Pointer = (byte*)NativeMemory.AlignedAlloc(size, Alignment);
        NativeMemory.Clear(Pointer, size);
        Bytes = bytes;
    }

    ~NativeBuffer() => NativeMemory.AlignedFree(Pointer);

    public byte* Pointer { get; private set; }

    public long Bytes { get; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.SuppressFinalize(this);
    }
}
