using System.Collections.ObjectModel;

namespace DistillKit.Files;

/// <summary>The content of a safetensors file. Disposing it frees the tensors.</summary>
public sealed record SafetensorsFile(IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, Tensor> Tensors)
    : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}

/// <summary>Reads and writes safetensors files (https://github.com/huggingface/safetensors): named tensors of float32, float16, bfloat16,
/// int64, int8 and uint8, with a map of strings. Unlike a pickle, such a file cannot run code.</summary>
public static class Safetensors
{
    /// <summary>Writes the tensors, in the order given, completely or not at all (see <see cref="AtomicFile"/>).</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">A tensor has another type.</exception>
    public static void Save(
        string path, IReadOnlyCollection<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = SafetensorsHeader.For(tensors, metadata ?? ReadOnlyDictionary<string, string>.Empty);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header.ToBytes());
            foreach (var (_, tensor) in tensors)
            {
                using var scope = NewDisposeScope();
                stream.Write(tensor.detach().cpu().contiguous().bytes);
            }
        });
    }

    /// <summary>Reads the whole file. The tensors are on the CPU.</summary>
    /// <exception cref="UserException">The file cannot be read, or is not a safetensors file; the message says why.</exception>
    public static SafetensorsFile Load(string path) => Read(path, (header, stream) =>
    {
        using var scope = NewDisposeScope();
        var tensors = header.Entries.ToDictionary(entry => entry.Name, entry =>
        {
            var tensor = empty(entry.Shape, dtype: entry.Type);
            stream.ReadExactly(tensor.bytes);
            return tensor;
        });
        foreach (var tensor in tensors.Values) tensor.MoveToOuterDisposeScope();
        return new SafetensorsFile(header.Metadata, tensors);
    });

    /// <summary>Reads the map of strings alone.</summary>
    /// <exception cref="UserException">The file cannot be read, or is not a safetensors file; the message says why.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path) => Read(path, (header, _) => header.Metadata);

    private static T Read<T>(string path, Func<SafetensorsHeader, Stream, T> read)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return read(SafetensorsHeader.Read(stream), stream);
        }
        catch (InvalidDataException error) when (KindOf(path) is { } kind)
        {
            throw new UserException(
                $"{path} is {kind}, not a safetensors file: write the network's state with safetensors.torch.save_file.", error);
        }
        catch (NotSupportedException error)
        {
            throw new UserException($"{path} cannot be used: {PlainText.Of(error.Message, 300)}. Write its numbers as float32.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            var reason = error is InvalidDataException
                ? $"{path} is not a readable safetensors file: {PlainText.Of(error.Message, 300)}."
                : $"Cannot read {path}: {error.Message}";
            throw new UserException($"{reason} Check the path, or fetch the file again.", error);
        }
    }

    /// <summary>What a file of another program is by its first bytes; null where they do not say.</summary>
    private static string? KindOf(string path)
    {
        using var stream = File.OpenRead(path);
        var start = new byte[4];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length ? null : start switch
        {
            [(byte)'P', (byte)'K', 3, 4] => "a ZIP archive, as torch.save writes it",
            [0x80, <= 5, ..] => "a Python pickle",
            [0x89, (byte)'H', (byte)'D', (byte)'F'] => "an HDF5 file",
            [(byte)'G', (byte)'G', (byte)'U', (byte)'F'] => "a GGUF file",
            [0x08, < 20, 0x12 or 0x1A or 0x3A, ..] => "an ONNX file",
            [0x1F, 0x8B, ..] => "a gzip archive",
            _ => null,
        };
    }
}
