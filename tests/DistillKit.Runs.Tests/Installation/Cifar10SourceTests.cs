using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DistillKit.Data;
using DistillKit.Runs.Installation;

namespace DistillKit.Runs.Tests.Installation;

public sealed class Cifar10SourceTests : IDisposable
{
    private readonly FabricatedCifar10 data = new();
    private readonly HttpListener server = new();
    private readonly string address;

    public Cifar10SourceTests()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            address = $"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }
        server.Prefixes.Add(address);
        server.Start();
    }

    private string Archive => Path.Combine(data.Root, "archive.tar.gz");

    private string Target => data.NewFolder("target");

    public void Dispose()
    {
        server.Close();
        data.Dispose();
    }

    [Fact]
    public async Task The_official_archive_is_downloaded_and_unpacked()
    {
        var bytes = data.WriteOfficialArchive(data.NewFolder("served"));
        Serve(context => context.Response.Close(bytes, willBlock: true));
        var progress = new Reports();
        await Cifar10Source.Official(address).Write(Target, progress, CancellationToken.None);
        Assert.Null(data.Layout.FindDefect(Target));
        Assert.Contains(progress.All, report => report.Done == bytes.Length && report.Total == bytes.Length);
    }

    [Fact]
    public async Task A_page_instead_of_the_archive_is_refused()
    {
        Serve(context => context.Response.Close("<html>Please log in</html>"u8.ToArray(), willBlock: true));
        Assert.Contains("no .tar.gz archive", await RefusalAsync());
    }

    [Fact]
    public async Task A_missing_file_is_a_reason()
    {
        Serve(context =>
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
        });
        Assert.Contains("404", await RefusalAsync());
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_reason()
    {
        Serve(context =>
        {
            context.Response.ContentLength64 = 1000;
            context.Response.OutputStream.Write(new byte[100]);
            context.Response.Abort();
        });
        Assert.Contains("could not be downloaded", await RefusalAsync());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_reason()
    {
        server.Stop();
        Assert.Contains("could not be downloaded", await RefusalAsync());
    }

    [Fact]
    public async Task A_download_stops_at_once_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        Serve(_ => stop.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Cifar10Source.Official(address).Write(Target, null, stop.Token).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("../wanted.txt")]
    [InlineData("/somewhere/wanted.txt")]
    [InlineData("a/b/wanted.txt")]
    public async Task Wanted_files_alone_are_unpacked_and_only_into_the_folder(string name)
    {
        Pack(File(name, "hello"), File("../other.txt", "evil"), new PaxTarEntry(TarEntryType.Directory, "a"));
        await UnpackAsync();
        Assert.Equal("hello", await System.IO.File.ReadAllTextAsync(Path.Combine(Target, "wanted.txt")));
        Assert.Equal(2, Directory.GetFiles(data.Root, "*", SearchOption.AllDirectories).Length);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public async Task A_link_is_left_out(TarEntryType type)
    {
        Pack(new PaxTarEntry(type, "wanted.txt") { LinkName = "/etc/passwd" });
        await UnpackAsync();
        Assert.Empty(Directory.GetFiles(Target));
    }

    [Fact]
    public async Task An_entry_does_not_replace_an_earlier_one()
    {
        Pack(File("wanted.txt", "first"), File("wanted.txt", "second"));
        await Assert.ThrowsAsync<IOException>(UnpackAsync);
        Assert.Equal("first", await System.IO.File.ReadAllTextAsync(Path.Combine(Target, "wanted.txt")));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public async Task A_truncated_archive_is_refused(double share)
    {
        Pack(File("wanted.txt", new string([.. Enumerable.Range(0, 20_000).Select(i => (char)('a' + i * i % 23))])));
        var bytes = await System.IO.File.ReadAllBytesAsync(Archive);
        await System.IO.File.WriteAllBytesAsync(Archive, bytes[..(int)(bytes.Length * share)]);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<UserException>(UnpackAsync)).Message);
    }

    private Task UnpackAsync() => Cifar10Source.UnpackAsync(Archive, Target, ["wanted.txt"], null, CancellationToken.None);

    private async Task<string> RefusalAsync() => (await Assert.ThrowsAsync<UserException>(
        () => Cifar10Source.Official(address).Write(Target, null, CancellationToken.None))).Message;

    private void Serve(Action<HttpListenerContext> answer) => Task.Run(async () => answer(await server.GetContextAsync()));

    private static PaxTarEntry File(string name, string content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private void Pack(params TarEntry[] entries)
    {
        using var tar = new TarWriter(new GZipStream(System.IO.File.Create(Archive), CompressionLevel.Fastest));
        foreach (var entry in entries) tar.WriteEntry(entry);
    }

    private sealed class Reports : IProgress<DataProgress>
    {
        public List<DataProgress> All { get; } = [];

        public void Report(DataProgress value) => All.Add(value);
    }
}
