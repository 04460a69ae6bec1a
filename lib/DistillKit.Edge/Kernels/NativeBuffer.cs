namespace DistillKit.Edge.Kernels;

/// <summary>Zeroed native memory, aligned to a cache line, with <see cref="ConvolutionKernel.Slack"/> bytes after its end.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    /// <summary>Other memory for this thread's buffers, zeroed, and what frees it: tests put pages that do not exist after it.</summary>
    [ThreadStatic]
    internal static Func<long, (nint Pointer, Action Free)>? Allocate;

    private readonly Action? free;
    private void* memory;

    public NativeBuffer(long bytes)
    {
        Bytes = bytes;
        if (Allocate?.Invoke(bytes + ConvolutionKernel.Slack) is { } given)
        {
            Pointer = (byte*)given.Pointer;
            free = given.Free;
            return;
        }
        memory = NativeMemory.AllocZeroed(checked((nuint)bytes + ConvolutionKernel.Slack + Alignment));
        Pointer = (byte*)(((nuint)memory + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    ~NativeBuffer() => Free();

    public byte* Pointer { get; private set; }

    public long Bytes { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Pointer != null)
            free?.Invoke();
        NativeMemory.Free(memory);
        memory = Pointer = null;
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
