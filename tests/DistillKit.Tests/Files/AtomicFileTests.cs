using DistillKit.Files;

namespace DistillKit.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_file_replaces_the_old_one()
    {
        File.WriteAllText(folder["a"], "a longer old text");
        AtomicFile.Write(folder["a"], stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(folder["a"]));
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_no_temporary_one()
    {
        File.WriteAllText(folder["a"], "old");
        var error = Assert.Throws<UserException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write("half of the"u8);
            throw new IOException("No space left on device.");
        }));
        Assert.Contains("No space left on device.", error.Message);
        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public void A_folder_that_cannot_exist_is_refused_with_the_reason()
    {
        File.WriteAllText(folder["a"], "a file");
        Assert.Contains("Cannot write", Assert.Throws<UserException>(() => AtomicFile.Write(folder["a/b"], _ => { })).Message);
    }
}
