namespace DistillKit.Edge.Kernels;

/// <summary>Working memory of a thread. It grows to what the largest layer needs and is then used again without allocation.</summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static NativeBuffer? _buffer;

    /// <summary>At least this many bytes, with slack after them; what they hold is unknown. Valid until this thread's next call.</summary>
    public static byte* Get(long bytes)
    {
        if (_buffer is { } buffer && buffer.Bytes >= bytes) return buffer.Pointer;
        _buffer?.Dispose();
        return (_buffer = new NativeBuffer(bytes + bytes / 4)).Pointer;
    }
}
