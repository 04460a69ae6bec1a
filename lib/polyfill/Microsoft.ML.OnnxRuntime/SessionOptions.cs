using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Interop;

namespace Microsoft.ML.OnnxRuntime;

public class SessionOptions : SafeHandle
{
    // The environment comes first: it sets up the log that the options may write to.
    public SessionOptions() : base(0, ownsHandle: true)
    {
        OrtEnv.Instance();
        SetHandle(Api.Get(Function.CreateSessionOptions));
    }

    public override bool IsInvalid => handle == 0;

    internal nint Handle => handle;

    public bool EnableMemoryPattern
    {
        get;
        set
        {
            Api.Call(value ? Function.EnableMemPattern : Function.DisableMemPattern, handle);
            field = value;
        }
    } = true;

    public bool EnableCpuMemArena
    {
        get;
        set
        {
            Api.Call(value ? Function.EnableCpuMemArena : Function.DisableCpuMemArena, handle);
            field = value;
        }
    } = true;

    /// <summary>What the profile's file name begins with; set it before <see cref="EnableProfiling"/>.</summary>
    public string ProfileOutputPathPrefix { get; set; } = "onnxruntime_profile_";

    public bool EnableProfiling
    {
        get;
        set
        {
            if (value == field) return;
            if (value)
            {
                using var prefix = NativeText.Path(ProfileOutputPathPrefix);
                Api.Call(Function.EnableProfiling, handle, prefix.Pointer);
            }
            else
            {
                Api.Call(Function.DisableProfiling, handle);
            }
            field = value;
        }
    }

    public string OptimizedModelFilePath
    {
        get;
        set
        {
            using var path = NativeText.Path(value);
            Api.Call(Function.SetOptimizedModelFilePath, handle, path.Pointer);
            field = value;
        }
    } = "";

    public OrtLoggingLevel LogSeverityLevel
    {
        get;
        set
        {
            Api.Call(Function.SetSessionLogSeverityLevel, handle, (nint)value);
            field = value;
        }
    } = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;

    public int IntraOpNumThreads
    {
        get;
        set
        {
            Api.Call(Function.SetIntraOpNumThreads, handle, value);
            field = value;
        }
    }

    public int InterOpNumThreads
    {
        get;
        set
        {
            Api.Call(Function.SetInterOpNumThreads, handle, value);
            field = value;
        }
    }

    public GraphOptimizationLevel GraphOptimizationLevel
    {
        get;
        set
        {
            Api.Call(Function.SetSessionGraphOptimizationLevel, handle, (nint)value);
            field = value;
        }
    } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    public ExecutionMode ExecutionMode
    {
        get;
        set
        {
            Api.Call(Function.SetSessionExecutionMode, handle, (nint)value);
            field = value;
        }
    } = ExecutionMode.ORT_SEQUENTIAL;

    public void AddSessionConfigEntry(string configKey, string configValue)
    {
        using var key = NativeText.Utf8(configKey);
        using var value = NativeText.Utf8(configValue);
        Api.Call(Function.AddSessionConfigEntry, handle, key.Pointer, value.Pointer);
    }

    protected override bool ReleaseHandle()
    {
        Api.Release(Function.ReleaseSessionOptions, handle);
        return true;
    }
}
