using System.Formats.Tar;
using System.IO.Compression;
using DistillKit.Runs.Installation;

namespace DistillKit.Runs.Tests.Installation;

public sealed class TarGzTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("distillkit-test-").FullName;

    private string Archive => Path.Combine(root, "archive.tar.gz");

    private string Target => Path.Combine(root, "target");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Files_and_folders_are_unpacked()
    {
        Pack(new PaxTarEntry(TarEntryType.Directory, "a"), File("a/b.txt", "hello"), File("c.txt", ""));
        await UnpackAsync();
        Assert.Equal("hello", await System.IO.File.ReadAllTextAsync(Path.Combine(Target, "a", "b.txt")));
        Assert.Equal("", await System.IO.File.ReadAllTextAsync(Path.Combine(Target, "c.txt")));
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("a/../../outside.txt")]
    [InlineData("a\\..\\..\\outside.txt")]
    [InlineData("/outside.txt")]
    [InlineData("\\outside.txt")]
    [InlineData("C:\\outside.txt")]
    [InlineData("C:outside.txt")]
    public async Task An_entry_that_points_outside_is_refused(string name)
    {
        Pack(File(name, "evil"));
        var refusal = await Assert.ThrowsAsync<UserException>(UnpackAsync);
        Assert.Contains("outside", refusal.Message);
        Assert.Equal([Archive], Directory.GetFiles(root, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public async Task A_link_is_refused(TarEntryType type)
    {
        Pack(new PaxTarEntry(type, "link") { LinkName = "/etc/passwd" });
        Assert.Contains(type.ToString(), (await Assert.ThrowsAsync<UserException>(UnpackAsync)).Message);
    }

    [Fact]
    public async Task An_entry_does_not_replace_an_earlier_one()
    {
        Pack(File("a", "first"), File("a", "second"));
        await Assert.ThrowsAnyAsync<Exception>(UnpackAsync);
        Assert.Equal("first", await System.IO.File.ReadAllTextAsync(Path.Combine(Target, "a")));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public async Task A_truncated_archive_is_refused(double share)
    {
        Pack(File("a", new string([.. Enumerable.Range(0, 20_000).Select(i => (char)('a' + i * i % 23))])));
        var bytes = await System.IO.File.ReadAllBytesAsync(Archive);
        await System.IO.File.WriteAllBytesAsync(Archive, bytes[..(int)(bytes.Length * share)]);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<UserException>(UnpackAsync)).Message);
    }

    [Fact]
    public async Task A_file_that_is_no_archive_is_refused()
    {
        await System.IO.File.WriteAllTextAsync(Archive, "<html>Please log in</html>");
        Assert.Contains("no .tar.gz archive", (await Assert.ThrowsAsync<UserException>(UnpackAsync)).Message);
    }

    private Task UnpackAsync() => TarGz.UnpackAsync(Archive, Target, null, CancellationToken.None);

    private static PaxTarEntry File(string name, string content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) };

    private void Pack(params TarEntry[] entries)
    {
        using var tar = new TarWriter(new GZipStream(System.IO.File.Create(Archive), CompressionLevel.Fastest));
        foreach (var entry in entries)
            tar.WriteEntry(entry);
    }
}
