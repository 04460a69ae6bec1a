namespace TorchSharp;

/// <summary>One argument of an operator, in the code that native/shim.cpp reads: a tag, then the value; a list is its length, then its items.</summary>
internal readonly struct Argument
{
    // The order is the shim's.
    private enum Tag : long
    {
        None, Default, Tensor, Integer, Real, Boolean, Text, Device, Generator, Integers, Reals, Booleans, Tensors, OptionalTensors,
    }

    private readonly Tag _tag;
    private readonly long _bits;
    private readonly object? _reference;

    private Argument(Tag tag, long bits = 0, object? reference = null) => (_tag, _bits, _reference) = (tag, bits, reference);

    internal static Argument None => default;

    /// <summary>The default that the operator's own schema gives.</summary>
    internal static Argument Default => new(Tag.Default);

    /// <summary>A list that may hold nulls, as indexing takes it.</summary>
    internal static Argument Optional(torch.Tensor?[] tensors) => new(Tag.OptionalTensors, 0, tensors);

    /// <summary>What keeps native memory alive during the call.</summary>
    internal object? Reference => _reference;

    public static implicit operator Argument(torch.Tensor? value) => value is null ? None : new(Tag.Tensor, 0, value);
    public static implicit operator Argument(long value) => new(Tag.Integer, value);
    public static implicit operator Argument(int value) => new(Tag.Integer, value);
    public static implicit operator Argument(long? value) => value is null ? None : value.Value;
    public static implicit operator Argument(double value) => new(Tag.Real, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Argument(double? value) => value is null ? None : value.Value;
    public static implicit operator Argument(bool value) => new(Tag.Boolean, value ? 1 : 0);
    public static implicit operator Argument(string value) => new(Tag.Text, 0, System.Text.Encoding.UTF8.GetBytes(value));
    public static implicit operator Argument(torch.ScalarType value) => new(Tag.Integer, (long)value);
    public static implicit operator Argument(torch.ScalarType? value) => value is null ? None : value.Value;
    public static implicit operator Argument(torch.Device? value) => value is null ? None : new(Tag.Device, 0, value);
    public static implicit operator Argument(torch.Generator? value) => value is null ? None : new(Tag.Generator, 0, value);
    public static implicit operator Argument(long[]? value) => value is null ? None : new(Tag.Integers, 0, value);
    public static implicit operator Argument(double[]? value) => value is null ? None : new(Tag.Reals, 0, value);
    public static implicit operator Argument(bool[]? value) => value is null ? None : new(Tag.Booleans, 0, value);
    public static implicit operator Argument(torch.Tensor[] value) => new(Tag.Tensors, 0, value);
    public static implicit operator Argument(List<torch.Tensor> value) => new(Tag.Tensors, 0, value);

    public static implicit operator Argument(Scalar? value) => value?.Value switch
    {
        null => None,
        long integer => integer,
        bool flag => flag,
        double real => real,
        var other => throw new InvalidOperationException($"a scalar of type {other.GetType().Name} is not supported"),
    };

    internal void Write(CodeWriter code)
    {
        code.Add((long)_tag);
        switch (_tag)
        {
            case Tag.Tensor: code.Add(((torch.Tensor)_reference!).Handle); break;
            case Tag.Integer or Tag.Real or Tag.Boolean: code.Add(_bits); break;
            case Tag.Text: code.Add((byte[])_reference!); break;
            case Tag.Device:
                code.Add((long)((torch.Device)_reference!).type);
                code.Add(((torch.Device)_reference!).index);
                break;
            case Tag.Generator: code.Add(((torch.Generator)_reference!).Handle); break;
            case Tag.Integers: code.Add((long[])_reference!, item => item); break;
            case Tag.Reals: code.Add((double[])_reference!, BitConverter.DoubleToInt64Bits); break;
            case Tag.Booleans: code.Add((bool[])_reference!, item => item ? 1 : 0); break;
            case Tag.Tensors or Tag.OptionalTensors: code.Add((IReadOnlyList<torch.Tensor?>)_reference!, item => item?.Handle ?? 0); break;
        }
    }
}

/// <summary>The growing buffer in which one call's arguments are laid out.</summary>
internal sealed class CodeWriter
{
    private long[] _words = new long[256];
    private int _count;

    internal ReadOnlySpan<long> Words => _words.AsSpan(0, _count);
    internal void Clear() => _count = 0;

    internal void Add(long word)
    {
        if (_count == _words.Length) Array.Resize(ref _words, 2 * _count);
        _words[_count++] = word;
    }

    internal void Add<T>(IReadOnlyList<T> items, Func<T, long> encode)
    {
        Add(items.Count);
        for (var i = 0; i < items.Count; i++) Add(encode(items[i]));
    }

    internal void Add(byte[] bytes)
    {
        Add(bytes.Length);
        var padded = new byte[(bytes.Length + 7) / 8 * 8];
        bytes.CopyTo(padded, 0);
        for (var i = 0; i < padded.Length; i += 8) Add(BitConverter.ToInt64(padded, i));
    }
}
