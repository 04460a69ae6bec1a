using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DistillKit.Runs.Installation;

namespace DistillKit.Runs.Tests.Installation;

public sealed class ResumableDownloadTests : IDisposable
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(300_000);

    private readonly string root = Directory.CreateTempSubdirectory("distillkit-test-").FullName;
    private readonly HttpListener server = new();
    private readonly List<string?> ranges = [];
    private readonly RemoteFile remote;

    public ResumableDownloadTests()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            remote = new(new($"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}/file"), Content.Length,
                Convert.ToHexStringLower(MD5.HashData(Content)));
        }
        server.Prefixes.Add(remote.Address.GetLeftPart(UriPartial.Authority) + "/");
        server.Start();
    }

    private string Target => Path.Combine(root, "file");

    private string Part => Target + ".part";

    public void Dispose()
    {
        server.Close();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task A_file_is_downloaded_whole()
    {
        Serve(AnswerRange);
        await DownloadAsync();
        AssertComplete();
    }

    [Fact]
    public async Task A_download_goes_on_from_what_is_there()
    {
        await File.WriteAllBytesAsync(Part, Content[..120_000]);
        Serve(AnswerRange);
        await DownloadAsync();
        AssertComplete();
        Assert.Equal(["bytes=120000-"], ranges);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_made_again_from_there()
    {
        Serve(AnswerRangeBreakingAfter(100_000));
        await DownloadAsync();
        AssertComplete();
        Assert.True(ranges.Count > 1);
    }

    [Fact]
    public async Task A_server_without_ranges_is_read_from_the_beginning()
    {
        await File.WriteAllBytesAsync(Part, new byte[120_000]);
        Serve(context => context.Response.Close(Content, willBlock: true));
        await DownloadAsync();
        AssertComplete();
    }

    [Fact]
    public async Task A_file_with_another_sum_is_refused_and_deleted()
    {
        await File.WriteAllBytesAsync(Part, new byte[120_000]);
        Serve(AnswerRange);
        Assert.Contains("MD5", await RefusalAsync());
        Assert.Empty(Directory.GetFiles(root));
    }

    [Fact]
    public async Task A_page_that_is_not_the_file_is_refused_by_its_size()
    {
        Serve(context => context.Response.Close("<html>Please log in</html>"u8.ToArray(), willBlock: true));
        Assert.Contains("another size", await RefusalAsync());
        Assert.False(File.Exists(Target));
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
    public async Task A_server_that_is_not_there_is_a_reason()
    {
        server.Stop();
        Assert.Contains("could not be downloaded", await RefusalAsync());
    }

    [Fact]
    public async Task Progress_ends_at_the_size()
    {
        Serve(AnswerRange);
        var progress = new LastReport();
        await ResumableDownload.RunAsync(remote, Target, progress, CancellationToken.None);
        Assert.Equal((Content.Length, Content.Length), (progress.Last.Done, progress.Last.Total));
    }

    private Task DownloadAsync() => ResumableDownload.RunAsync(remote, Target, null, CancellationToken.None);

    private async Task<string> RefusalAsync() => (await Assert.ThrowsAsync<UserException>(DownloadAsync)).Message;

    private void AssertComplete()
    {
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(root));
    }

    private void Serve(Action<HttpListenerContext> answer) => Task.Run(async () =>
    {
        while (server.IsListening)
        {
            var context = await server.GetContextAsync();
            ranges.Add(context.Request.Headers["Range"]);
            answer(context);
        }
    });

    private static void AnswerRange(HttpListenerContext context) => AnswerRangeBreakingAfter(int.MaxValue)(context);

    private static Action<HttpListenerContext> AnswerRangeBreakingAfter(int bytes) => context =>
    {
        var start = int.Parse(context.Request.Headers["Range"]!["bytes=".Length..^1]);
        context.Response.StatusCode = 206;
        context.Response.AddHeader("Content-Range", $"bytes {start}-{Content.Length - 1}/{Content.Length}");
        context.Response.ContentLength64 = Content.Length - start;
        var sent = Math.Min(bytes, Content.Length - start);
        context.Response.OutputStream.Write(Content, start, sent);
        if (sent < Content.Length - start)
            context.Response.Abort();
        else
            context.Response.Close();
    };

    private sealed class LastReport : IProgress<DistillKit.Data.DataProgress>
    {
        public DistillKit.Data.DataProgress Last { get; private set; }

        public void Report(DistillKit.Data.DataProgress value) => Last = value;
    }
}
