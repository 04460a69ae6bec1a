namespace DistillKit.Edge.Kernels.Floats;

/// <summary>What the float kernels need of vectors of some width, so that they are written once.</summary>
internal unsafe interface IFloatVectors<TVector>
{
    public abstract static int Lanes { get; }

    public abstract static TVector Load(float* values);
    public abstract static TVector Broadcast(float value);

    /// <summary>left * right + sum, rounded once.</summary>
    public abstract static TVector MultiplyAdd(TVector left, TVector right, TVector sum);
    public abstract static TVector Clip(TVector values, TVector minimum, TVector maximum);
    public abstract static void Store(TVector vector, float* values);
}

internal readonly unsafe struct Float512 : IFloatVectors<Vector512<float>>
{
    public static int Lanes => Vector512<float>.Count;

    public static Vector512<float> Load(float* values) => Vector512.Load(values);
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> sum) =>
        Vector512.FusedMultiplyAdd(left, right, sum);

    public static Vector512<float> Clip(Vector512<float> values, Vector512<float> minimum, Vector512<float> maximum) =>
        Vector512.Min(Vector512.Max(values, minimum), maximum);

    public static void Store(Vector512<float> vector, float* values) => vector.Store(values);
}

internal readonly unsafe struct Float256 : IFloatVectors<Vector256<float>>
{
    public static int Lanes => Vector256<float>.Count;

    public static Vector256<float> Load(float* values) => Vector256.Load(values);
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> sum) =>
        Vector256.FusedMultiplyAdd(left, right, sum);

    public static Vector256<float> Clip(Vector256<float> values, Vector256<float> minimum, Vector256<float> maximum) =>
        Vector256.Min(Vector256.Max(values, minimum), maximum);

    public static void Store(Vector256<float> vector, float* values) => vector.Store(values);
}

internal readonly unsafe struct Float128 : IFloatVectors<Vector128<float>>
{
    public static int Lanes => Vector128<float>.Count;

    public static Vector128<float> Load(float* values) => Vector128.Load(values);
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> sum) =>
        Vector128.FusedMultiplyAdd(left, right, sum);

    public static Vector128<float> Clip(Vector128<float> values, Vector128<float> minimum, Vector128<float> maximum) =>
        Vector128.Min(Vector128.Max(values, minimum), maximum);

    public static void Store(Vector128<float> vector, float* values) => vector.Store(values);
}
