namespace Microsoft.Data.Analysis;

internal sealed class BooleanOperations : Operations<bool>
{
    public override bool Combine(BinaryOperation operation, bool left, bool right) => operation switch
    {
        BinaryOperation.And => left & right,
        BinaryOperation.Or => left | right,
        BinaryOperation.Xor => left ^ right,
        _ => base.Combine(operation, left, right),
    };

    public override bool Compare(ComparisonOperation operation, bool left, bool right) => operation switch
    {
        ComparisonOperation.Equals => left == right,
        ComparisonOperation.NotEquals => left != right,
        _ => base.Compare(operation, left, right),
    };
}
