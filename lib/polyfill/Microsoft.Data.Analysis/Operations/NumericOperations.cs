using System.Numerics;

namespace Microsoft.Data.Analysis;

/// <summary>Overflow wraps around, as in the package.</summary>
internal sealed class NumericOperations<T> : Operations<T>
    where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
{
    public override bool IsNumeric => true;

    public override T? LeastValue => T.MinValue;

    public override T? GreatestValue => T.MaxValue;

    public override T Combine(BinaryOperation operation, T left, T right) => operation switch
    {
        BinaryOperation.Add => left + right,
        BinaryOperation.Subtract => left - right,
        BinaryOperation.Multiply => left * right,
        BinaryOperation.Divide => left / right,
        BinaryOperation.Modulo => left % right,
        BinaryOperation.And => left & right,
        BinaryOperation.Or => left | right,
        _ => left ^ right,
    };

    public override bool Compare(ComparisonOperation operation, T left, T right) => operation switch
    {
        ComparisonOperation.Equals => left == right,
        ComparisonOperation.NotEquals => left != right,
        ComparisonOperation.GreaterThan => left > right,
        ComparisonOperation.GreaterThanOrEqual => left >= right,
        ComparisonOperation.LessThan => left < right,
        _ => left <= right,
    };

    public override T Abs(T value) => T.Abs(value);

    public override T Round(T value) => value switch
    {
        double number => (T)(object)Math.Round(number),
        float number => (T)(object)MathF.Round(number),
        _ => value,
    };

    public override T Largest(T left, T right) => T.Max(left, right);

    public override T Smallest(T left, T right) => T.Min(left, right);
}
