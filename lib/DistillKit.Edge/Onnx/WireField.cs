using System.Buffers.Binary;

namespace DistillKit.Edge.Onnx;

/// <summary>One field of a message in protocol buffers' wire format (https://protobuf.dev/programming-guides/encoding/). By hand because
/// generated messages keep a JSON formatter and its reflection in a trimmed program; nothing is copied but text.</summary>
internal readonly struct WireField
{
    private enum WireType { Varint, Fixed64, Bytes, GroupStart, GroupEnd, Fixed32 }

    private readonly WireType type;
    private readonly ulong varint;
    private readonly ReadOnlyMemory<byte> bytes;

    private WireField(ReadOnlyMemory<byte> message, ref int position)
    {
        var tag = Varint(message.Span, ref position);
        if (tag is <= 7 or > uint.MaxValue)
            throw Malformed("a field has no valid number");
        (Number, type) = ((int)(tag >> 3), (WireType)(tag & 7));
        switch (type)
        {
            case WireType.Varint: varint = Varint(message.Span, ref position); break;
            case WireType.Fixed64: bytes = Take(message, 8, ref position); break;
            case WireType.Bytes: bytes = Take(message, Varint(message.Span, ref position), ref position); break;
            case WireType.Fixed32: bytes = Take(message, 4, ref position); break;
            default: throw Malformed("it uses a field type that ONNX does not have");
        }
    }

    /// <summary>Which field of its message this is.</summary>
    public int Number { get; }

    public long Integer => type == WireType.Varint ? (long)varint : throw Malformed("a number is not where it should be");

    public float Single => type == WireType.Fixed32 ? BinaryPrimitives.ReadSingleLittleEndian(bytes.Span)
        : throw Malformed("a number is not where it should be");

    public ReadOnlyMemory<byte> Bytes => type == WireType.Bytes ? bytes : throw Malformed("a message or text is not where it should be");

    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The fields of a message, one after another.</summary>
    public static IEnumerable<WireField> Of(ReadOnlyMemory<byte> message)
    {
        for (var position = 0; position < message.Length;)
            yield return new(message, ref position);
    }

    /// <summary>The last field of this number; null where there is none.</summary>
    public static WireField? Find(ReadOnlyMemory<byte>? message, int number)
    {
        WireField? found = null;
        foreach (var field in Of(message ?? default))
            if (field.Number == number)
                found = field;
        return found;
    }

    /// <summary>The numbers of a repeated field, whether the file packs them into one field or not.</summary>
    public IEnumerable<long> Integers
    {
        get
        {
            if (type != WireType.Bytes)
                yield return Integer;
            else
                for (var position = 0; position < bytes.Length;)
                    yield return (long)Varint(bytes.Span, ref position);
        }
    }

    /// <summary>As <see cref="Integers"/>, for floats, which the file has as they are in memory.</summary>
    public ReadOnlyMemory<byte> Singles => type is WireType.Bytes or WireType.Fixed32 && bytes.Length % sizeof(float) == 0 ? bytes
        : throw Malformed("a list of numbers is cut off");

    public void AddTo(List<long> numbers, int most)
    {
        numbers.AddRange(Integers.Take(most + 1));
        if (numbers.Count > most)
            throw Malformed("a list is too long");
    }

    public static EdgeException Malformed(string what) =>
        new($"This is not an ONNX model, or it is damaged: {what}. Export or copy the file again.");

    private static EdgeException CutOff() => Malformed("it ends in the middle of a field");

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, ulong length, ref int position)
    {
        if (length > (ulong)(message.Length - position))
            throw CutOff();
        position += (int)length;
        return message.Slice(position - (int)length, (int)length);
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position == message.Length)
                throw CutOff();
            var part = message[position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
        throw Malformed("a number has too many digits");
    }
}
