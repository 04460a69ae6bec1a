using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime.Interop;

/// <summary>A zero-terminated copy of a string for the length of a call.</summary>
internal readonly ref struct NativeText(nint pointer) : IDisposable
{
    internal nint Pointer => pointer;

    internal static NativeText Utf8(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(Marshal.StringToCoTaskMemUTF8(text));
    }

    /// <summary>A path, in the system's own characters (ORTCHAR_T).</summary>
    internal static NativeText Path(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(OperatingSystem.IsWindows() ? Marshal.StringToCoTaskMemUni(path) : Marshal.StringToCoTaskMemUTF8(path));
    }

    public void Dispose() => Marshal.FreeCoTaskMem(pointer);
}
