namespace Microsoft.Data.Analysis;

/// <summary>What can be done with values of one type. This class itself: nothing, as for types that are neither numbers, truth values nor dates.</summary>
internal class Operations<T>
    where T : unmanaged
{
    public static Operations<T> Instance { get; } = (Create() as Operations<T>) ?? new Operations<T>();

    public virtual bool IsNumeric => false;

    public virtual T Combine(BinaryOperation operation, T left, T right) => throw new NotSupportedException();

    public virtual bool Compare(ComparisonOperation operation, T left, T right) => throw new NotSupportedException();

    public virtual T Abs(T value) => throw new NotSupportedException();

    public virtual T Round(T value) => throw new NotSupportedException();

    public virtual T Largest(T left, T right) => throw new NotSupportedException();

    public virtual T Smallest(T left, T right) => throw new NotSupportedException();

    /// <summary>What the largest (or smallest) of chosen rows is compared with first; null: rows cannot be chosen.</summary>
    public virtual T? LeastValue => null;

    public virtual T? GreatestValue => null;

    static object Create() => default(T) switch
    {
        int => new NumericOperations<int>(),
        long => new NumericOperations<long>(),
        float => new NumericOperations<float>(),
        double => new NumericOperations<double>(),
        sbyte => new NumericOperations<sbyte>(),
        byte => new NumericOperations<byte>(),
        short => new NumericOperations<short>(),
        ushort => new NumericOperations<ushort>(),
        uint => new NumericOperations<uint>(),
        ulong => new NumericOperations<ulong>(),
        bool => new BooleanOperations(),
        DateTime => new DateTimeOperations(),
        _ => null,
    };
}
