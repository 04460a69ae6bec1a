namespace Microsoft.Data.Analysis;

internal sealed class DateTimeOperations : Operations<DateTime>
{
    public override bool Compare(ComparisonOperation operation, DateTime left, DateTime right) => operation switch
    {
        ComparisonOperation.Equals => left == right,
        ComparisonOperation.NotEquals => left != right,
        ComparisonOperation.GreaterThan => left > right,
        ComparisonOperation.GreaterThanOrEqual => left >= right,
        ComparisonOperation.LessThan => left < right,
        _ => left <= right,
    };

    public override DateTime Largest(DateTime left, DateTime right) => left > right ? left : right;

    public override DateTime Smallest(DateTime left, DateTime right) => left < right ? left : right;
}
