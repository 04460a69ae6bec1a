namespace DistillKit.Edge.Kernels;

/// <summary>Zeroed native memory, aligned to a cache line, with <see cref="ConvolutionKernel.Slack"/> bytes after its end.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    private void* memory;

    public NativeBuffer(long bytes)
    {
        memory = NativeMemory.AllocZeroed(checked((nuint)bytes + ConvolutionKernel.Slack + Alignment));
        Pointer = (byte*)(((nuint)memory + Alignment - 1) & ~(nuint)(Alignment - 1));
        Bytes = bytes;
    }

    ~NativeBuffer() => NativeMemory.Free(memory);

    public byte* Pointer { get; private set; }

    public long Bytes { get; }

    public void Dispose()
    {
        NativeMemory.Free(memory);
        memory = Pointer = null;
        GC.SuppressFinalize(this);
    }
}

/// <summary>Working memory of a thread, in two parts that grow to what the largest layer needs and are then used again.</summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static NativeBuffer? first;

    [ThreadStatic]
    private static NativeBuffer? second;

    /// <summary>At least this many bytes, with slack after them; what they hold is unknown. Valid until this thread's next call.</summary>
    public static byte* First(long bytes) => Get(ref first, bytes);

    /// <inheritdoc cref="First"/>
    public static byte* Second(long bytes) => Get(ref second, bytes);

    private static byte* Get(ref NativeBuffer? buffer, long bytes)
    {
        if (buffer is { } large && large.Bytes >= bytes) return large.Pointer;
        buffer?.Dispose();
        return (buffer = new(bytes + bytes / 4)).Pointer;
    }
}
