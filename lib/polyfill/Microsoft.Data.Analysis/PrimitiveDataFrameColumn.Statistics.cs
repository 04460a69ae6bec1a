using System.Globalization;

namespace Microsoft.Data.Analysis;

public partial class PrimitiveDataFrameColumn<T>
{
    static Operations<T> Values => Operations<T>.Instance;

    IEnumerable<T> ValidValues => Rows.Where(IsValid).Select(row => _values[(int)row]);

    public override object Sum() => Reduce(BinaryOperation.Add);

    public override object Product() => Reduce(BinaryOperation.Multiply);

    public override object Min() => Reduce(Values.Smallest);

    public override object Max() => Reduce(Values.Largest);

    public override object Sum(IEnumerable<long> rowIndices)
    {
        RequireNumbers(this);
        return ValuesOf(rowIndices).Aggregate(default(T), (sum, value) => Values.Combine(BinaryOperation.Add, sum, value));
    }

    public override object Min(IEnumerable<long> rowIndices) => Reduce(rowIndices, Values.GreatestValue, Values.Smallest);

    public override object Max(IEnumerable<long> rowIndices) => Reduce(rowIndices, Values.LeastValue, Values.Largest);

    public override double Mean() => Length == 0 ? 0 : Number((T)Sum()) / (Length - NullCount);

    public override double Median()
    {
        var sorted = ValidValues.Order().ToList();
        if (sorted.Count == 0) return 0;
        var middle = Number(sorted[sorted.Count / 2]);
        return sorted.Count % 2 == 1 ? middle : (middle + Number(sorted[sorted.Count / 2 - 1])) / 2;
    }

    public override DataFrameColumn Abs(bool inPlace = false) => Change(Values.Abs, inPlace);

    public override DataFrameColumn Round(bool inPlace = false) => Change(Values.Round, inPlace);

    public override bool All() => Truths().All(value => value);

    public override bool Any() => Truths().Any(value => value);

    object Reduce(BinaryOperation operation)
    {
        RequireNumbers(this);
        return Reduce((left, right) => Values.Combine(operation, left, right));
    }

    object Reduce(Func<T, T, T> reduce)
    {
        if (typeof(T) == typeof(bool)) throw new NotSupportedException();
        return ValidValues.Any() ? ValidValues.Aggregate(reduce) : null;
    }

    object Reduce(IEnumerable<long> rows, T? seed, Func<T, T, T> reduce)
    {
        if (!HasDescription()) throw new NotSupportedException();
        return seed is { } first ? ValuesOf(rows).Aggregate(first, reduce) : null;
    }

    DataFrameColumn Change(Func<T, T> change, bool inPlace)
    {
        RequireNumbers(this);
        var changed = inPlace ? this : Clone();
        for (var row = 0; row < changed._values.Count; row++) changed._values[row] = change(changed._values[row]);
        return changed;
    }

    IEnumerable<T> ValuesOf(IEnumerable<long> rows) =>
        rows.Select(row => row >= 0 && row < Length ? _values[(int)row] : throw new IndexOutOfRangeException());

    IEnumerable<bool> Truths() => this is PrimitiveDataFrameColumn<bool> truths ? truths._values : throw new NotSupportedException();

    static double Number(T value) => (double)Convert.ChangeType(value, typeof(double), CultureInfo.CurrentCulture);
}
