using System.Net;
using System.Net.Http.Headers;
using DistillKit.Data;

namespace DistillKit.Runs.Installation;

/// <summary>A file on a web server whose size and sum are known.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Md5">Its MD5 sum, lower-case hexadecimal: what its publisher states.</param>
public sealed record RemoteFile(Uri Address, long Bytes, string Md5);

/// <summary>Downloads large files. What has arrived stays in a <c>.part</c> file, and the next attempt goes on from there.</summary>
public static class ResumableDownload
{
    private const int Attempts = 5;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Downloads a file and checks it.</summary>
    /// <exception cref="UserException">The server cannot be reached, does not have the file, or has another one.</exception>
    public static async Task RunAsync(RemoteFile remote, string path, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var part = path + ".part";
        for (var attempt = 1; Length(part) < remote.Bytes; attempt++)
        {
            var before = Length(part);
            Exception? broken = null;
            try
            {
                await ContinueAsync(client, remote, part, progress, cancellation);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
            {
                broken = e;
            }
            // A connection that breaks after it gave something is worth another try; one that gave nothing is not.
            if (Length(part) < remote.Bytes && (attempt == Attempts || Length(part) <= before))
                throw new UserException(
                    $"{remote.Address} could not be downloaded: {broken?.Message ?? "the connection ended early"}", broken);
        }
        if (await DefectAsync(remote, part, cancellation) is { } defect)
        {
            File.Delete(part);
            throw new UserException($"{remote.Address} gave a file with {defect}: it was deleted, try again.");
        }
        File.Move(part, path, overwrite: true);
    }

    /// <summary>What distinguishes a file from the published one, or null.</summary>
    public static async Task<string?> DefectAsync(RemoteFile remote, string path, CancellationToken cancellation)
    {
        if (Length(path) != remote.Bytes)
            return $"{Length(path):N0} bytes, expected {remote.Bytes:N0}";
        await using var file = File.OpenRead(path);
        var sum = Convert.ToHexStringLower(await MD5.HashDataAsync(file, cancellation));
        return sum == remote.Md5 ? null : $"MD5 {sum}, expected {remote.Md5}";
    }

    private static async Task ContinueAsync(
        HttpClient client, RemoteFile remote, string part, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            stall.CancelAfter(StallTimeout);
            using var request = new HttpRequestMessage(HttpMethod.Get, remote.Address);
            request.Headers.Range = new RangeHeaderValue(Length(part), null);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            response.EnsureSuccessStatusCode();

            // A server that knows no ranges answers 200 and starts from the beginning.
            var resumed = response.StatusCode == HttpStatusCode.PartialContent;
            var start = resumed ? response.Content.Headers.ContentRange?.From ?? 0 : 0;
            var isOther = response.Content.Headers.ContentLength is { } offered && start + offered != remote.Bytes;
            if (isOther || resumed && start != Length(part))
                throw new UserException($"{remote.Address} has another size than {remote.Bytes:N0} bytes: something else answers there.");

            await using var source = await response.Content.ReadAsStreamAsync(stall.Token);
            await using var target = new FileStream(part, resumed ? FileMode.Append : FileMode.Create);
            var buffer = new byte[1 << 16];
            while (target.Position < remote.Bytes && await source.ReadAsync(buffer, stall.Token) is var read and > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), stall.Token);
                stall.CancelAfter(StallTimeout);
                progress?.Report(new($"Downloading {Path.GetFileName(remote.Address.LocalPath)}", target.Position, remote.Bytes));
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("the server did not answer in time", e);
        }
    }

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
