using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Interop;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Says where a tensor's memory is; here, always in the CPU's.</summary>
public class OrtMemoryInfo : SafeHandle
{
    const int DeviceAllocator = 0, DefaultMemory = 0;
    static readonly Lazy<OrtMemoryInfo> Cpu = new(() => new());

    internal OrtMemoryInfo() : base(0, ownsHandle: true) => SetHandle(Api.Get(Function.CreateCpuMemoryInfo, DeviceAllocator, DefaultMemory));

    public override bool IsInvalid => handle == 0;

    public static OrtMemoryInfo DefaultInstance => Cpu.Value;

    internal nint Handle => this.Open();

    protected override bool ReleaseHandle()
    {
        Api.Release(Function.ReleaseMemoryInfo, handle);
        return true;
    }
}
