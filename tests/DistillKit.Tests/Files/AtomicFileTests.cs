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
    public void A_link_stays_and_the_file_that_it_leads_to_is_written()
    {
        Directory.CreateDirectory(folder["store"]);
        File.WriteAllText(folder["store/a"], "old");
        File.CreateSymbolicLink(folder["first"], "store/a");
        File.CreateSymbolicLink(folder["second"], folder["first"]);
        AtomicFile.WriteText(folder["second"], "new");
        Assert.Equal("new", File.ReadAllText(folder["store/a"]));
        Assert.Equal((folder["first"], "store/a"), (new FileInfo(folder["second"]).LinkTarget, new FileInfo(folder["first"]).LinkTarget));

        File.CreateSymbolicLink(folder["dangling"], "store/b");
        AtomicFile.WriteText(folder["dangling"], "new");
        Assert.Equal("new", File.ReadAllText(folder["store/b"]));
        Assert.Equal(["a", "b"], Directory.GetFiles(folder["store"]).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_file_keeps_its_permissions(UnixFileMode mode)
    {
        File.WriteAllText(folder["a"], "old");
        File.SetUnixFileMode(folder["a"], mode);
        var during = UnixFileMode.None;
        AtomicFile.Write(folder["a"], stream => during = File.GetUnixFileMode(((FileStream)stream).Name));
        Assert.Equal(mode, File.GetUnixFileMode(folder["a"]));
        Assert.Equal(UnixFileMode.None, during & ~mode);
    }

    [Fact]
    public void What_is_no_regular_file_is_refused_and_stays()
    {
        if (!OperatingSystem.IsLinux()) return;
        using (var make = System.Diagnostics.Process.Start("mkfifo", folder["pipe"])) make.WaitForExit();
        Directory.CreateDirectory(folder["folder"]);
        File.CreateSymbolicLink(folder["link"], "pipe");
        // With the rights to ruin a device, none is tried.
        string[] devices = Environment.IsPrivilegedProcess ? [] : ["/dev/null"];
        foreach (var path in devices.Concat([folder["link"], folder["pipe"], folder["folder"]]))
        {
            var error = Assert.Throws<UserException>(() => AtomicFile.WriteText(path, "new"));
            Assert.Equal($"{path} is no regular file, and would be lost: give the path of a file.", error.Message);
        }
        Assert.Equal(["folder", "link", "pipe"], folder.Names.Order());
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
