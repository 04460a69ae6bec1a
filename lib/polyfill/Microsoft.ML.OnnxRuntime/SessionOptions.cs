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

    internal nint Handle => this.Open();

    public bool EnableMemoryPattern
    {
        get;
        set
        {
            Api.Call(value ? Function.EnableMemPattern : Function.DisableMemPattern, Handle);
            field = value;
        }
    } = true;

    public bool EnableCpuMemArena
    {
        get;
        set
        {
            Api.Call(value ? Function.EnableCpuMemArena : Function.DisableCpuMemArena, Handle);
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
                Api.Call(Function.EnableProfiling, Handle, prefix.Pointer);
            }
            else
            {
                Api.Call(Function.DisableProfiling, Handle);
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
            Api.Call(Function.SetOptimizedModelFilePath, Handle, path.Pointer);
            field = value;
        }
    } = "";

    public OrtLoggingLevel LogSeverityLevel
    {
        get;
        set
        {
            Api.Call(Function.SetSessionLogSeverityLevel, Handle, (nint)value);
            field = value;
        }
    } = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;

    public int IntraOpNumThreads
    {
        get;
        set
        {
            Api.Call(Function.SetIntraOpNumThreads, Handle, value);
            field = value;
        }
    }

    public int InterOpNumThreads
    {
        get;
        set
        {
            Api.Call(Function.SetInterOpNumThreads, Handle, value);
            field = value;
        }
    }

    public GraphOptimizationLevel GraphOptimizationLevel
    {
        get;
        set
        {
            Api.Call(Function.SetSessionGraphOptimizationLevel, Handle, (nint)value);
            field = value;
        }
    } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    public ExecutionMode ExecutionMode
    {
        get;
        set
        {
            Api.Call(Function.SetSessionExecutionMode, Handle, (nint)value);
            field = value;
        }
    } = ExecutionMode.ORT_SEQUENTIAL;

    public void AddSessionConfigEntry(string configKey, string configValue)
    {
        using var key = NativeText.Utf8(configKey);
        using var value = NativeText.Utf8(configValue);
        Api.Call(Function.AddSessionConfigEntry, Handle, key.Pointer, value.Pointer);
    }

    protected override bool ReleaseHandle()
    {
        Api.Release(Function.ReleaseSessionOptions, handle);
        return true;
    }
}
