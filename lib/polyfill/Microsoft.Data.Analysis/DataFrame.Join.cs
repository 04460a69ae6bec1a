namespace Microsoft.Data.Analysis;

public enum JoinAlgorithm
{
    Left,
    Right,
    FullOuter,
    Inner,
}

public partial class DataFrame
{
    /// <summary>Side by side, row by row; what is missing is null.</summary>
    public DataFrame Join(
        DataFrame other, string leftSuffix = "_left", string rightSuffix = "_right", JoinAlgorithm joinAlgorithm = JoinAlgorithm.Left)
    {
        var rows = joinAlgorithm switch
        {
            JoinAlgorithm.Left => Rows.Count,
            JoinAlgorithm.Right => other.Rows.Count,
            JoinAlgorithm.FullOuter => Math.Max(Rows.Count, other.Rows.Count),
            _ => Math.Min(Rows.Count, other.Rows.Count),
        };
        return Combine(Fit(this), Fit(other), leftSuffix, rightSuffix);

        IEnumerable<DataFrameColumn> Fit(DataFrame frame) => frame.Columns.Select(column =>
            column.Select(column.Rows.TakeWhile(row => row < rows).Cast<long?>(), Math.Max(0, rows - column.Length)));
    }

    public DataFrame Merge<TKey>(
        DataFrame other, string leftJoinColumn, string rightJoinColumn,
        string leftSuffix = "_left", string rightSuffix = "_right", JoinAlgorithm joinAlgorithm = JoinAlgorithm.Left) =>
        Merge(other, [leftJoinColumn], [rightJoinColumn], leftSuffix, rightSuffix, joinAlgorithm);

    /// <summary>
    /// A join as of data bases. As in the package, rows with a null among the keys go with those of the other side that have one, and nowhere
    /// else: without such a partner a row is lost, even from the side that is kept.
    /// </summary>
    public DataFrame Merge(
        DataFrame other, string[] leftJoinColumns, string[] rightJoinColumns,
        string leftSuffix = "_left", string rightSuffix = "_right", JoinAlgorithm joinAlgorithm = JoinAlgorithm.Left)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(leftJoinColumns);
        ArgumentNullException.ThrowIfNull(rightJoinColumns);
        if (leftJoinColumns.Length != rightJoinColumns.Length)
            throw new ArgumentException("Array lengths are mistmached", nameof(leftJoinColumns));

        List<DataFrameColumn> left = [.. leftJoinColumns.Select(name => Columns[name])];
        List<DataFrameColumn> right = [.. rightJoinColumns.Select(name => other.Columns[name])];
        var keepsLeft = joinAlgorithm switch
        {
            JoinAlgorithm.Right => false,
            JoinAlgorithm.Inner => Rows.Count > other.Rows.Count, // the order of rows is that of the longer table
            _ => true,
        };
        var pairs = keepsLeft
            ? Pairs(left, right, Rows.Count, joinAlgorithm)
            : Pairs(right, left, other.Rows.Count, joinAlgorithm).ConvertAll(pair => (pair.Other, pair.Kept));
        if (joinAlgorithm == JoinAlgorithm.FullOuter)
        {
            var met = pairs.Select(pair => pair.Item2).ToHashSet();
            pairs.AddRange(RowsWithKeys(right, other.Rows.Count).Where(row => !met.Contains(row)).Select(row => ((long?)null, (long?)row)));
        }
        return Combine(
            Columns.Select(column => column.Select(pairs.Select(pair => pair.Item1))),
            other.Columns.Select(column => column.Select(pairs.Select(pair => pair.Item2))),
            leftSuffix, rightSuffix);
    }

    static List<(long? Kept, long? Other)> Pairs(List<DataFrameColumn> kept, List<DataFrameColumn> other, long rows, JoinAlgorithm algorithm)
    {
        List<long> nullRows = [];
        Dictionary<long, List<long>> matches = null;
        foreach (var (keptKey, otherKey) in kept.Zip(other))
        {
            var found = keptKey.MatchingRows(otherKey, out var nulls);
            nullRows = [.. nullRows.Union(nulls)];
            matches = matches is null
                ? found
                : matches.Keys.Intersect(found.Keys).ToDictionary(row => row, row => matches[row].Intersect(found[row]).ToList());
        }

        List<(long?, long?)> pairs = [];
        for (long row = 0; row < rows; row++)
        {
            var partners = !kept.All(key => key.IsValid(row)) ? nullRows : matches?.GetValueOrDefault(row) is { Count: > 0 } some ? some : null;
            if (partners is not null) pairs.AddRange(partners.Select(partner => ((long?)row, (long?)partner)));
            else if (algorithm != JoinAlgorithm.Inner) pairs.Add((row, null));
        }
        return pairs;
    }

    static IEnumerable<long> RowsWithKeys(List<DataFrameColumn> keys, long rows)
    {
        for (long row = 0; row < rows; row++)
            if (keys.All(key => key.IsValid(row))) yield return row;
    }

    /// <summary>One table of both; columns with the same name get the suffixes.</summary>
    static DataFrame Combine(IEnumerable<DataFrameColumn> left, IEnumerable<DataFrameColumn> right, string leftSuffix, string rightSuffix)
    {
        var combined = new DataFrame(left);
        foreach (var column in right)
        {
            while (combined.Columns.IndexOf(column.Name) is var index and not -1)
            {
                combined.Columns[index].SetName(column.Name + leftSuffix);
                column.SetName(column.Name + rightSuffix);
            }
            combined.Columns.Add(column);
        }
        return combined;
    }
}
