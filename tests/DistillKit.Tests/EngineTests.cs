using System.Diagnostics;

namespace DistillKit.Tests;

public sealed class EngineTests
{
    private static bool IsGlibc => OperatingSystem.IsLinux()
        && Process.GetCurrentProcess().Modules.Cast<ProcessModule>().Any(module => module.ModuleName == "libc.so.6");

    [Fact]
    public void The_process_is_prepared_where_the_C_library_is_glibc() => Assert.Equal(IsGlibc, Engine.Prepare());

    [Fact]
    public void Waiting_threads_do_not_spin()
    {
        if (!IsGlibc) return;
        // What getenv sees: .NET keeps a copy of its own.
        var native = System.Runtime.InteropServices.Marshal.PtrToStringUTF8(GetVariable("OMP_WAIT_POLICY"));
        Assert.Equal(Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") ?? "passive", native);
    }

    [System.Runtime.InteropServices.DllImport("libc.so.6", EntryPoint = "getenv")]
    private static extern nint GetVariable(string name);
}
