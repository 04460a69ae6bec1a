namespace DistillKit.Edge.Kernels.MachineCode;

/// <summary>Memory for code made at run time, written first and made executable afterwards: never both, as some systems want it.</summary>
internal static unsafe partial class ExecutableMemory
{
    private const int ReadWrite = 1 | 2, ReadExecute = 1 | 4, Private = 2;
    private const uint CommitAndReserve = 0x3000, PageReadWrite = 0x04, PageExecuteRead = 0x20;

    /// <summary>The address of a copy of this code, for the life of the process; null where the system refuses.</summary>
    public static void* Load(ReadOnlySpan<byte> code)
    {
        try
        {
            return OperatingSystem.IsWindows() ? LoadOnWindows(code) : LoadOnUnix(code);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static void* LoadOnUnix(ReadOnlySpan<byte> code)
    {
        var anonymous = OperatingSystem.IsLinux() ? 0x20 : 0x1000;
        var pages = MapMemory(null, (nuint)code.Length, ReadWrite, Private | anonymous, -1, 0);
        if ((nint)pages == -1) return null;
        code.CopyTo(new(pages, code.Length));
        return ProtectMemory(pages, (nuint)code.Length, ReadExecute) == 0 ? pages : null;
    }

    private static void* LoadOnWindows(ReadOnlySpan<byte> code)
    {
        var pages = VirtualAlloc(null, (nuint)code.Length, CommitAndReserve, PageReadWrite);
        if (pages == null) return null;
        code.CopyTo(new(pages, code.Length));
        if (VirtualProtect(pages, (nuint)code.Length, PageExecuteRead, out _) == 0) return null;
        return FlushInstructionCache(GetCurrentProcess(), pages, (nuint)code.Length) != 0 ? pages : null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MapMemory(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int ProtectMemory(void* address, nuint length, int protection);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint length, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(void* address, nuint length, uint protection, out uint old);

    [LibraryImport("kernel32")]
    private static partial int FlushInstructionCache(nint process, void* address, nuint length);

    [LibraryImport("kernel32")]
    private static partial nint GetCurrentProcess();
}
