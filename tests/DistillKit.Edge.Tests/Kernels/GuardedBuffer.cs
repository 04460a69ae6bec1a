using System.Runtime.InteropServices;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>
/// Memory that shows whoever writes outside of it: bytes around it hold a pattern. Where the system has mmap, the page after its slack does not
/// exist, so whoever reads too far crashes.
/// </summary>
internal sealed unsafe partial class GuardedBuffer : IDisposable
{
    private const int Page = 4096, Guard = 256;
    private const byte Pattern = 0xA5;
    private const int None = 0, ReadWrite = 3, PrivateAnonymous = 0x22;

    private readonly byte* _memory;
    private readonly long _mapped;
    private readonly int _size;

    /// <param name="size">Bytes.</param>
    /// <param name="slack">Bytes after the end that may be read.</param>
    public GuardedBuffer(int size, int slack)
    {
        _size = size;
        var whole = (Guard + size + slack + Page - 1) / Page * Page;
        _mapped = OperatingSystem.IsLinux() ? whole + Page : 0;
        _memory = _mapped > 0 ? Map(null, (nuint)_mapped, ReadWrite, PrivateAnonymous, -1, 0) : (byte*)NativeMemory.Alloc((nuint)whole);
        if (_mapped > 0) Assert.Equal(0, Protect(_memory + whole, Page, None));
        new Span<byte>(_memory, whole).Fill(Pattern);
        Pointer = _memory + whole - slack - size;
    }

    public byte* Pointer { get; }

    public Span<byte> Bytes => new(Pointer, _size);

    public bool IsIntact => new Span<byte>(Pointer - Guard, Guard).IndexOfAnyExcept(Pattern) < 0
        && new Span<byte>(Pointer + _size, End).IndexOfAnyExcept(Pattern) < 0;

    private int End => (int)(_memory + (_mapped > 0 ? _mapped - Page : (Guard + _size + Page - 1) / Page * Page) - Pointer) - _size;

    public void Dispose()
    {
        if (_mapped > 0) _ = Unmap(_memory, (nuint)_mapped);
        else NativeMemory.Free(_memory);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(byte* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(byte* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* address, nuint length);
}
