using DistillKit.Training;

namespace DistillKit.Tests.Training;

public sealed class HeapReuseTests
{
    [Fact]
    public void The_C_library_accepts_it_where_it_is_glibc()
    {
        var isGlibc = OperatingSystem.IsLinux() && Directory.EnumerateFiles("/lib", "libc.so.6", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true }).Any();
        Assert.Equal(isGlibc, HeapReuse.Enable());
    }
}
