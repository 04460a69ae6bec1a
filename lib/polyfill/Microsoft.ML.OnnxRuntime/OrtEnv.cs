using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Interop;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>The process's one environment: made at first use, and kept to the end.</summary>
public sealed class OrtEnv : SafeHandle
{
    static Lazy<OrtEnv> instance = new(() => new());

    OrtEnv() : base(0, ownsHandle: true)
    {
        using var id = NativeText.Utf8("CSharpOnnxRuntime");
        SetHandle(Api.Get(Function.CreateEnv, (nint)OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, id.Pointer));
    }

    public override bool IsInvalid => handle == 0;

    internal nint Handle => this.Open();

    public static OrtEnv Instance() => instance.Value;

    public string GetVersionString() => Api.LibraryVersion;

    public unsafe string[] GetAvailableProviders()
    {
        nint names = 0, count = 0;
        Api.Call(Function.GetAvailableProviders, (nint)(&names), (nint)(&count));
        try
        {
            return [.. new Span<nint>((void*)names, (int)count).ToArray().Select(name => Marshal.PtrToStringUTF8(name)!)];
        }
        finally
        {
            Api.Call(Function.ReleaseAvailableProviders, names, count);
        }
    }

    protected override bool ReleaseHandle()
    {
        Api.Release(Function.ReleaseEnv, handle);
        instance = new(() => new());
        return true;
    }
}
