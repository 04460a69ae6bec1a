using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime.Interop;

/// <summary>Keeps a handle from being released during a call; a closed one throws <see cref="ObjectDisposedException"/>.</summary>
internal readonly ref struct HandleUse : IDisposable
{
    readonly SafeHandle handle;

    internal HandleUse(SafeHandle handle)
    {
        var added = false;
        handle.DangerousAddRef(ref added);
        this.handle = handle;
    }

    internal nint Handle => handle.DangerousGetHandle();

    public void Dispose() => handle.DangerousRelease();
}

internal static class SafeHandleExtensions
{
    /// <summary>The pointer of a handle that lives longer than the call; a closed one throws <see cref="ObjectDisposedException"/>.</summary>
    internal static nint Open(this SafeHandle handle)
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, handle);
        return handle.DangerousGetHandle();
    }
}
