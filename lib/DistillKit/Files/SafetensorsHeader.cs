using System.Buffers.Binary;

namespace DistillKit.Files;

/// <summary>One tensor of a header: its name, type and shape, and its bytes [Begin, End) in the data section.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>The header of a safetensors file, checked as strictly as the format's own library does: 8 bytes of length, then JSON; the
/// tensors fill the data section without gap or overlap.</summary>
internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Entries)
{
    /// <summary>The reference library's limit, in bytes.</summary>
    private const long LongestHeader = 100_000_000;

    private const string MetadataKey = "__metadata__";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I8", ScalarType.Int8, 1), ("U8", ScalarType.Byte, 1),
    ];

    /// <summary>What the JSON says of a tensor.</summary>
    private sealed record EntryJson(string Dtype, long[] Shape, long[] DataOffsets);

    /// <summary>Lays the tensors out one after the other.</summary>
    /// <exception cref="ArgumentException">A tensor has a type that the file cannot hold here.</exception>
    public static SafetensorsHeader For(IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var entries = new List<SafetensorsEntry>();
        var end = 0L;
        foreach (var (name, tensor) in tensors)
        {
            var type = Types.FirstOrDefault(known => known.Type == tensor.dtype);
            if (type.Name is null)
                throw new ArgumentException($"Tensor {name} has type {tensor.dtype}, which this writer does not support.", nameof(tensors));
            var begin = end;
            end += tensor.numel() * type.Bytes;
            entries.Add(new(name, tensor.dtype, tensor.shape, begin, end));
        }
        return new(metadata, entries);
    }

    /// <summary>The length and the JSON, padded with spaces so that the data starts at a multiple of 8.</summary>
    public byte[] ToBytes()
    {
        var header = new Dictionary<string, object>();
        if (Metadata.Count > 0) header.Add(MetadataKey, Metadata);
        foreach (var (name, type, shape, begin, end) in Entries)
            header.Add(name, new EntryJson(Types.First(known => known.Type == type).Name, shape, [begin, end]));
        var json = JsonSerializer.SerializeToUtf8Bytes(header, Format);
        var bytes = new byte[8 + (json.Length + 7) / 8 * 8];
        bytes.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    /// <summary>Reads and checks the header; the stream then stands at the first tensor.</summary>
    /// <exception cref="InvalidDataException">The file breaks a rule of the format; the message says which.</exception>
    public static SafetensorsHeader Read(Stream stream)
    {
        var prefix = new byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8) throw new InvalidDataException("it is shorter than 8 bytes");
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > LongestHeader) throw new InvalidDataException($"its header would have {length} bytes");
        if (length > stream.Length - 8) throw new InvalidDataException($"it ends inside its header of {length} bytes");
        var json = new byte[length];
        stream.ReadExactly(json);
        if (json[0] != '{') throw new InvalidDataException("its header is not a JSON object");
        try
        {
            var header = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json, Format)!;
            header.Remove(MetadataKey, out var given);
            var metadata = given.ValueKind == JsonValueKind.Undefined ? [] : given.Deserialize<Dictionary<string, string>>(Format);
            if (metadata is null || metadata.ContainsValue(null!)) throw new JsonException();
            var entries = header.Select(entry => Entry(entry.Key, entry.Value.Deserialize<EntryJson>(Format) ?? throw new JsonException()));
            SafetensorsEntry[] inOrder = [.. entries.OrderBy(entry => (entry.Begin, entry.End))];
            RequireFilled(inOrder, stream.Length - 8 - length);
            return new(metadata, inOrder);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"its header is not valid{(error.Path is { } path ? $" at {path}" : "")}", error);
        }
    }

    private static SafetensorsEntry Entry(string name, EntryJson fields)
    {
        var ((typeName, shape, offsets), known) = (fields, string.Join(", ", Types.Select(type => type.Name)));
        var type = Types.FirstOrDefault(type => type.Name == typeName);
        if (type.Name is null) throw new NotSupportedException($"tensor {name} has type {typeName}, not one of {known}");
        if (shape.Any(side => side < 0)) throw new InvalidDataException($"tensor {name} has a negative size");
        if (offsets is not [>= 0 and var begin, var end] || end < begin)
            throw new InvalidDataException($"tensor {name} has data offsets that are not a range");
        var bytes = shape.Contains(0) ? 0 : shape.Aggregate((Int128)type.Bytes, (size, side) => size > long.MaxValue ? size : size * side);
        if (bytes == end - begin) return new(name, type.Type, shape, begin, end);
        var needed = $"its shape [{string.Join(", ", shape)}] of {type.Name} needs {bytes}";
        throw new InvalidDataException($"tensor {name} has {end - begin} bytes, but {needed}");
    }

    private static void RequireFilled(SafetensorsEntry[] entries, long dataLength)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.End > dataLength)
                throw new InvalidDataException($"it is truncated: tensor {entry.Name} ends at byte {entry.End} of {dataLength}");
            if (entry.Begin < end) throw new InvalidDataException($"tensor {entry.Name} overlaps the one before it");
            if (entry.Begin > end) throw new InvalidDataException($"there is a gap before tensor {entry.Name}");
            end = entry.End;
        }
        if (end != dataLength) throw new InvalidDataException($"{dataLength - end} bytes follow the last tensor");
    }
}
