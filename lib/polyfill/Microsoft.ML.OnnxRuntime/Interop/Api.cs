using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime.Interop;

/// <summary>
/// Calls into ONNX Runtime's C API. Its functions take only integers and pointers, each of which fits a register, so one delegate for
/// each number of arguments calls them all; they return null, or a status with the reason of the failure.
/// </summary>
internal static unsafe class Api
{
    /// <summary>The oldest version of the table that has every <see cref="Function"/>: that of ONNX Runtime 1.11.</summary>
    internal const uint Version = 11;

    static readonly void** Table;

    /// <summary>What the library says of its version, such as 1.30.0.</summary>
    internal static string LibraryVersion { get; }

    static Api()
    {
        var apis = ((delegate* unmanaged<void**>)Library.GetApiBase())();
        LibraryVersion = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)apis[1])())!;
        Table = ((delegate* unmanaged<uint, void**>)apis[0])(Version);
        if (Table is null)
            throw new DllNotFoundException($"ONNX Runtime {LibraryVersion} is too old: 1.11 or a later one is needed");
    }

    internal static void Call(Function f, nint a) => Check(((delegate* unmanaged<nint, nint>)Table[(int)f])(a));

    internal static void Call(Function f, nint a, nint b) => Check(((delegate* unmanaged<nint, nint, nint>)Table[(int)f])(a, b));

    internal static void Call(Function f, nint a, nint b, nint c) =>
        Check(((delegate* unmanaged<nint, nint, nint, nint>)Table[(int)f])(a, b, c));

    internal static void Call(Function f, nint a, nint b, nint c, nint d) =>
        Check(((delegate* unmanaged<nint, nint, nint, nint, nint>)Table[(int)f])(a, b, c, d));

    internal static void Call(Function f, nint a, nint b, nint c, nint d, nint e) =>
        Check(((delegate* unmanaged<nint, nint, nint, nint, nint, nint>)Table[(int)f])(a, b, c, d, e));

    internal static void Call(Function f, nint a, nint b, nint c, nint d, nint e, nint g, nint h) =>
        Check(((delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, nint>)Table[(int)f])(a, b, c, d, e, g, h));

    internal static void Call(Function f, nint a, nint b, nint c, nint d, nint e, nint g, nint h, nint i) =>
        Check(((delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, nint, nint>)Table[(int)f])(a, b, c, d, e, g, h, i));

    /// <summary>Calls a function whose last parameter takes the result: a pointer, a size or an int.</summary>
    internal static nint Get(Function f)
    {
        nint result = 0;
        Call(f, (nint)(&result));
        return result;
    }

    /// <inheritdoc cref="Get(Function)"/>
    internal static nint Get(Function f, nint a)
    {
        nint result = 0;
        Call(f, a, (nint)(&result));
        return result;
    }

    /// <inheritdoc cref="Get(Function)"/>
    internal static nint Get(Function f, nint a, nint b)
    {
        nint result = 0;
        Call(f, a, b, (nint)(&result));
        return result;
    }

    /// <inheritdoc cref="Get(Function)"/>
    internal static nint Get(Function f, nint a, nint b, nint c)
    {
        nint result = 0;
        Call(f, a, b, c, (nint)(&result));
        return result;
    }

    /// <summary>Frees an object; these functions cannot fail.</summary>
    internal static void Release(Function f, nint handle) => ((delegate* unmanaged<nint, void>)Table[(int)f])(handle);

    static void Check(nint status)
    {
        if (status == 0) return;
        var code = ((delegate* unmanaged<nint, int>)Table[(int)Function.GetErrorCode])(status);
        var message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<nint, byte*>)Table[(int)Function.GetErrorMessage])(status));
        Release(Function.ReleaseStatus, status);
        throw new OnnxRuntimeException((ErrorCode)code, message);
    }
}
