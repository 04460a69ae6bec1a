using System.Buffers.Binary;

namespace DistillKit.Files;

/// <summary>One tensor of a header: its name, type and shape, and its bytes [Begin, End) in the data section.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>
/// The header of a safetensors file, checked as strictly as the format's own library does: 8 bytes of length, then JSON; the tensors fill
/// the data section without gap or overlap.
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Entries)
{
    /// <summary>The reference library's limit, in bytes.</summary>
    private const long LongestHeader = 100_000_000;

    private const string MetadataKey = "__metadata__";

    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I8", ScalarType.Int8, 1), ("U8", ScalarType.Byte, 1),
    ];

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
            end += tensor.shape.Aggregate((long)type.Bytes, (size, side) => size * side);
            entries.Add(new(name, tensor.dtype, tensor.shape, begin, end));
        }
        return new(metadata, entries);
    }

    /// <summary>The length and the JSON, padded with spaces so that the data starts at a multiple of 8.</summary>
    public byte[] ToBytes()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (Metadata.Count > 0)
            {
                writer.WriteStartObject(MetadataKey);
                foreach (var (key, value) in Metadata) writer.WriteString(key, value);
                writer.WriteEndObject();
            }
            foreach (var entry in Entries)
            {
                var type = Types.First(known => known.Type == entry.Type).Name;
                writer.WritePropertyName(entry.Name);
                long[] offsets = [entry.Begin, entry.End];
                JsonSerializer.Serialize(writer, new { dtype = type, shape = entry.Shape, data_offsets = offsets });
            }
            writer.WriteEndObject();
        }
        var length = (json.Length + 7) / 8 * 8;
        var bytes = new byte[8 + length];
        bytes.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        json.GetBuffer().AsSpan(0, (int)json.Length).CopyTo(bytes.AsSpan(8));
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
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var metadata = new Dictionary<string, string>();
            var entries = new List<SafetensorsEntry>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name != MetadataKey) entries.Add(Entry(property));
                else foreach (var item in property.Value.EnumerateObject()) metadata.Add(item.Name, item.Value.GetString()!);
            }
            RequireFilled(entries, stream.Length - 8 - length);
            return new(metadata, entries);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException("its header is not valid: " + error.Message.ReplaceLineEndings(" ").TrimEnd('.'), error);
        }
    }

    private static SafetensorsEntry Entry(JsonProperty property)
    {
        var (name, fields) = (property.Name, property.Value);
        var typeName = fields.GetProperty("dtype").GetString();
        var type = Types.FirstOrDefault(known => known.Name == typeName);
        if (type.Name is null)
        {
            var known = string.Join(", ", Types.Select(known => known.Name));
            throw new InvalidDataException($"tensor {name} has type {typeName}, not one of {known}");
        }
        long[] shape = [.. fields.GetProperty("shape").EnumerateArray().Select(side => side.GetInt64())];
        long[] offsets = [.. fields.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (shape.Any(side => side < 0)) throw new InvalidDataException($"tensor {name} has a negative size");
        if (offsets is not [>= 0, >= 0] || offsets[1] < offsets[0])
            throw new InvalidDataException($"tensor {name} has data offsets that are not a range");
        var bytes = shape.Aggregate((UInt128)type.Bytes, (size, side) => size > long.MaxValue ? size : size * (UInt128)side);
        if (shape.Contains(0)) bytes = 0;
        var given = offsets[1] - offsets[0];
        if (bytes != (UInt128)given)
        {
            var needed = $"its shape [{string.Join(", ", shape)}] of {type.Name} needs {bytes}";
            throw new InvalidDataException($"tensor {name} has {given} bytes, but {needed}");
        }
        return new(name, type.Type, shape, offsets[0], offsets[1]);
    }

    private static void RequireFilled(List<SafetensorsEntry> entries, long dataLength)
    {
        entries.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
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
