using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime.Interop;

/// <summary>Owns a session, and the names of its inputs and outputs. Closed in the middle of a run, it goes when the run has ended.</summary>
internal sealed class SessionHandle : SafeHandle
{
    static readonly nint Allocator = Api.Get(Function.GetAllocatorWithDefaultOptions);
    readonly List<nint> names = [];

    internal SessionHandle(nint session) : base(0, ownsHandle: true) => SetHandle(session);

    public override bool IsInvalid => handle == 0;

    /// <summary>The zero-terminated name of an input or output, which lives as long as the session.</summary>
    internal nint Name(Function get, nint index)
    {
        var name = Api.Get(get, handle, index, Allocator);
        names.Add(name);
        return name;
    }

    /// <summary>Ends profiling; the path of the file with the profile.</summary>
    internal string EndProfiling()
    {
        using var inUse = new HandleUse(this);
        var path = Api.Get(Function.SessionEndProfiling, inUse.Handle, Allocator);
        try
        {
            return Marshal.PtrToStringUTF8(path)!;
        }
        finally
        {
            Api.Call(Function.AllocatorFree, Allocator, path);
        }
    }

    protected override bool ReleaseHandle()
    {
        foreach (var name in names)
            Api.Call(Function.AllocatorFree, Allocator, name);
        Api.Release(Function.ReleaseSession, handle);
        return true;
    }
}
