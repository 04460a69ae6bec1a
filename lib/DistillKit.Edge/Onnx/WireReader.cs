using System.Buffers.Binary;
using System.Text;

namespace DistillKit.Edge.Onnx;

/// <summary>
/// Reads one message of the protocol buffers wire format, field by field (https://protobuf.dev/programming-guides/encoding/).
/// Written by hand because generated messages keep a JSON formatter and its reflection in a trimmed program; nothing is copied but text.
/// </summary>
internal struct WireReader(ReadOnlyMemory<byte> message)
{
    private enum WireType { Varint, Fixed64, Bytes, GroupStart, GroupEnd, Fixed32 }

    private int position;
    private WireType wire;

    /// <summary>Goes on to the next field. The caller then reads it, once, or skips it.</summary>
    public bool Next(out int field)
    {
        field = 0;
        if (position == message.Length)
            return false;
        var tag = RawVarint();
        (field, wire) = ((int)(tag >> 3), (WireType)(tag & 7));
        return tag is > 7 and <= uint.MaxValue ? true : throw Malformed("a field has no valid number");
    }

    public readonly bool IsBytes => wire == WireType.Bytes;

    public long Integer() => wire == WireType.Varint ? (long)RawVarint() : throw Malformed("a number is not where it should be");

    public float Single() => wire == WireType.Fixed32 ? BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt32LittleEndian(Take(4).Span))
        : throw Malformed("a number is not where it should be");

    public ReadOnlyMemory<byte> Bytes()
    {
        if (wire != WireType.Bytes)
            throw Malformed("a message or text is not where it should be");
        var length = RawVarint();
        return length <= int.MaxValue ? Take((int)length) : throw CutOff();
    }

    public string Text() => Encoding.UTF8.GetString(Bytes().Span);

    /// <summary>Adds a repeated number to a list, whether the file packs the numbers into one field or not.</summary>
    public void Integers(List<long> into, int most)
    {
        var packed = wire == WireType.Bytes ? new WireReader(Bytes()) : default;
        if (wire != WireType.Bytes)
            into.Add(Integer());
        else
            while (packed.position < packed.message.Length && into.Count <= most)
                into.Add((long)packed.RawVarint());
        if (into.Count > most)
            throw Malformed("a list is too long");
    }

    public void Skip()
    {
        switch (wire)
        {
            case WireType.Varint: RawVarint(); break;
            case WireType.Fixed64: Take(8); break;
            case WireType.Bytes: Bytes(); break;
            case WireType.Fixed32: Take(4); break;
            default: throw Malformed("it uses a field type that ONNX does not have");
        }
    }

    private readonly ReadOnlyMemory<byte> message = message;

    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length > message.Length - position)
            throw CutOff();
        position += length;
        return message.Slice(position - length, length);
    }

    private ulong RawVarint()
    {
        var span = message.Span;
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position == span.Length)
                throw CutOff();
            var part = span[position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
        throw Malformed("a number has too many digits");
    }

    public static EdgeException Malformed(string what) => new($"This is not an ONNX model, or it is damaged: {what}. Export or copy the file again.");

    private static EdgeException CutOff() => Malformed("it ends in the middle of a field");
}
