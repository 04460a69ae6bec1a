using System.Runtime.InteropServices;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>
/// Memory that shows writes outside of it: bytes around it hold a pattern. Where the system has mmap, the page after its slack does
/// not exist, so reading too far crashes.
/// </summary>
internal sealed unsafe partial class GuardedBuffer : IDisposable
{
    private const int Page = 4096, Guard = 256;
    private const int None = 0, ReadWrite = 3, PrivateAnonymous = 0x22;

    private readonly byte* memory;
    private readonly long mapped;
    private readonly int size;
    private readonly byte pattern;

    /// <param name="size">Bytes.</param>
    /// <param name="slack">Bytes after the end that may be read.</param>
    /// <param name="pattern">What the memory holds at first, inside and around.</param>
    public GuardedBuffer(int size, int slack, byte pattern = 0xA5)
    {
        (this.size, this.pattern) = (size, pattern);
        var whole = (Guard + size + slack + Page - 1) / Page * Page;
        mapped = OperatingSystem.IsLinux() ? whole + Page : 0;
        memory = mapped > 0 ? Map(null, (nuint)mapped, ReadWrite, PrivateAnonymous, -1, 0) : (byte*)NativeMemory.Alloc((nuint)whole);
        if (mapped > 0) Assert.Equal(0, Protect(memory + whole, Page, None));
        new Span<byte>(memory, whole).Fill(pattern);
        Pointer = memory + whole - slack - size;
    }

    public byte* Pointer { get; }

    public Span<byte> Bytes => new(Pointer, size);

    public bool IsIntact => new Span<byte>(Pointer - Guard, Guard).IndexOfAnyExcept(pattern) < 0
        && new Span<byte>(Pointer + size, End).IndexOfAnyExcept(pattern) < 0;

    private int End => (int)(memory + (mapped > 0 ? mapped - Page : (Guard + size + Page - 1) / Page * Page) - Pointer) - size;

    public void Dispose()
    {
        if (mapped > 0) _ = Unmap(memory, (nuint)mapped);
        else NativeMemory.Free(memory);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(byte* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(byte* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* address, nuint length);
}
