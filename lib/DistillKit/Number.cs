namespace DistillKit;

/// <summary>Numbers as operands of tensors. In TorchSharp 0.107 a number that is converted on the spot belongs to the garbage collector as
/// soon as its native half has been handed to the engine: if another thread then starts a collection, the operation computes with freed
/// memory or fails (dotnet/TorchSharp#1434). The numbers made here live until the same thread has made 64 more.</summary>
/// <remarks>For the same reason sums are written <c>a.add(b, Number.One)</c>, differences with <c>sub</c> and squares with <c>pow</c>: the
/// shorter forms make numbers of their own. A test reads the compiled library and finds the others.</remarks>
public static class Number
{
    private const int Kept = 64;

    /// <summary>1, the factor of a plain sum.</summary>
    public static readonly Scalar One = 1L;

    /// <summary>2, the exponent of a square.</summary>
    public static readonly Scalar Two = 2L;

    [ThreadStatic]
    private static Scalar?[]? recent;

    [ThreadStatic]
    private static int made;

    /// <summary>A real number; the tensor decides its precision.</summary>
    public static Scalar Of(double value) => Keep(value);

    /// <summary>An integer.</summary>
    public static Scalar Of(long value) => Keep(value);

    private static Scalar Keep(Scalar number)
    {
        recent ??= new Scalar?[Kept];
        made = (made + 1) % Kept;
        recent[made]?.Dispose();
        return recent[made] = number;
    }
}
