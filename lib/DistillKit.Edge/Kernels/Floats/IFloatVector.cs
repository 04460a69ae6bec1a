using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistillKit.Edge.Kernels.Floats;

/// <summary>A vector of floats of some width, so that the float kernels are written once.</summary>
internal unsafe interface IFloatVector<TSelf> where TSelf : struct, IFloatVector<TSelf>
{
    public abstract static int Lanes { get; }

    public abstract static TSelf Load(float* values);

    public abstract static TSelf Broadcast(float value);

    /// <summary>left * right + sum, rounded once.</summary>
    public abstract static TSelf MultiplyAdd(TSelf left, TSelf right, TSelf sum);

    public abstract static TSelf Clamp(TSelf values, TSelf minimum, TSelf maximum);

    public void Store(float* values);
}

internal readonly unsafe struct Float512(Vector512<float> value) : IFloatVector<Float512>
{
    private readonly Vector512<float> _value = value;

    public static int Lanes => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Load(float* values) => new(Vector512.Load(values));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 MultiplyAdd(Float512 left, Float512 right, Float512 sum) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Clamp(Float512 values, Float512 minimum, Float512 maximum) =>
        new(Vector512.Min(Vector512.Max(values._value, minimum._value), maximum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* values) => _value.Store(values);
}

internal readonly unsafe struct Float256(Vector256<float> value) : IFloatVector<Float256>
{
    private readonly Vector256<float> _value = value;

    public static int Lanes => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(float* values) => new(Vector256.Load(values));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 MultiplyAdd(Float256 left, Float256 right, Float256 sum) =>
        new(Vector256.FusedMultiplyAdd(left._value, right._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Clamp(Float256 values, Float256 minimum, Float256 maximum) =>
        new(Vector256.Min(Vector256.Max(values._value, minimum._value), maximum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* values) => _value.Store(values);
}

internal readonly unsafe struct Float128(Vector128<float> value) : IFloatVector<Float128>
{
    private readonly Vector128<float> _value = value;

    public static int Lanes => Vector128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Load(float* values) => new(Vector128.Load(values));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 MultiplyAdd(Float128 left, Float128 right, Float128 sum) =>
        new(Vector128.FusedMultiplyAdd(left._value, right._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Clamp(Float128 values, Float128 minimum, Float128 maximum) =>
        new(Vector128.Min(Vector128.Max(values._value, minimum._value), maximum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* values) => _value.Store(values);
}
