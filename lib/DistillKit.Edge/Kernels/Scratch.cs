namespace DistillKit.Edge.Kernels;

/// <summary>Working memory of a thread, in two parts. They grow to what the largest layer needs and are then used again without allocation.</summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static NativeBuffer? _first;

    [ThreadStatic]
    private static NativeBuffer? _second;

    /// <summary>At least this many bytes, with slack after them; what they hold is unknown. Valid until this thread's next call.</summary>
    public static byte* First(long bytes) => Get(ref _first, bytes);

    /// <inheritdoc cref="First"/>
    public static byte* Second(long bytes) => Get(ref _second, bytes);

    private static byte* Get(ref NativeBuffer? buffer, long bytes)
    {
        if (buffer is { } large && large.Bytes >= bytes) return large.Pointer;
        buffer?.Dispose();
        return (buffer = new(bytes + bytes / 4)).Pointer;
    }
}
