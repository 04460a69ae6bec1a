namespace Microsoft.Data.Analysis;

public abstract class GroupBy
{
    private protected GroupBy()
    {
    }

    public abstract DataFrame Count(params string[] columnNames);

    public abstract DataFrame First(params string[] columnNames);

    public abstract DataFrame Head(int numberOfRows);

    public abstract DataFrame Tail(int numberOfRows);

    public abstract DataFrame Max(params string[] columnNames);

    public abstract DataFrame Min(params string[] columnNames);

    public abstract DataFrame Sum(params string[] columnNames);

    public abstract DataFrame Mean(params string[] columnNames);
}
