namespace TorchSharp;

public sealed class Scalar : IDisposable
{
    private Scalar(object value, torch.ScalarType type) => (Value, Type) = (value, type);

    /// <summary>A long, a double or a bool: what the dispatcher takes.</summary>
    internal object Value { get; }

    public torch.ScalarType Type { get; }

    public static implicit operator Scalar(byte value) => new((long)value, torch.ScalarType.Byte);
    public static implicit operator Scalar(sbyte value) => new((long)value, torch.ScalarType.Int8);
    public static implicit operator Scalar(short value) => new((long)value, torch.ScalarType.Int16);
    public static implicit operator Scalar(int value) => new((long)value, torch.ScalarType.Int32);
    public static implicit operator Scalar(long value) => new(value, torch.ScalarType.Int64);
    public static implicit operator Scalar(float value) => new((double)value, torch.ScalarType.Float32);
    public static implicit operator Scalar(double value) => new(value, torch.ScalarType.Float64);
    public static implicit operator Scalar(bool value) => new(value, torch.ScalarType.Bool);

    public void Dispose() { }
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;

    public static float ToSingle(this Scalar value) => Convert.ToSingle(value.Value);
    public static double ToDouble(this Scalar value) => Convert.ToDouble(value.Value);
    public static int ToInt32(this Scalar value) => Convert.ToInt32(value.Value);
    public static long ToInt64(this Scalar value) => Convert.ToInt64(value.Value);
    public static bool ToBoolean(this Scalar value) => Convert.ToBoolean(value.Value);
}
