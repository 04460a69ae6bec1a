using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Interop;

namespace Microsoft.ML.OnnxRuntime;

public class RunOptions : SafeHandle
{
    public RunOptions() : base(0, ownsHandle: true) => SetHandle(Api.Get(Function.CreateRunOptions));

    public override bool IsInvalid => handle == 0;

    internal nint Handle => this.Open();

    public OrtLoggingLevel LogSeverityLevel
    {
        get;
        set
        {
            Api.Call(Function.RunOptionsSetRunLogSeverityLevel, Handle, (nint)value);
            field = value;
        }
    } = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;

    /// <summary>Makes the runs that use these options end at the next node, with an exception.</summary>
    public bool Terminate
    {
        get;
        set
        {
            Api.Call(value ? Function.RunOptionsSetTerminate : Function.RunOptionsUnsetTerminate, Handle);
            field = value;
        }
    }

    public void AddRunConfigEntry(string configKey, string configValue)
    {
        using var key = NativeText.Utf8(configKey);
        using var value = NativeText.Utf8(configValue);
        Api.Call(Function.AddRunConfigEntry, Handle, key.Pointer, value.Pointer);
    }

    protected override bool ReleaseHandle()
    {
        Api.Release(Function.ReleaseRunOptions, handle);
        return true;
    }
}
