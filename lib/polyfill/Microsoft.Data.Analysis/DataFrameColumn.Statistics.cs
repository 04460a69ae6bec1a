namespace Microsoft.Data.Analysis;

/// <summary>Nulls are passed over. With <c>rowIndices</c> a null counts as the type's default value.</summary>
public abstract partial class DataFrameColumn
{
    public virtual object Sum() => throw new NotSupportedException();

    public virtual object Sum(IEnumerable<long> rowIndices) => throw new NotSupportedException();

    public virtual object Product() => throw new NotSupportedException();

    public virtual object Min() => throw new NotSupportedException();

    public virtual object Min(IEnumerable<long> rowIndices) => throw new NotSupportedException();

    public virtual object Max() => throw new NotSupportedException();

    public virtual object Max(IEnumerable<long> rowIndices) => throw new NotSupportedException();

    public virtual double Mean() => throw new NotSupportedException();

    public virtual double Median() => throw new NotSupportedException();

    public virtual DataFrameColumn Abs(bool inPlace = false) => throw new NotSupportedException();

    public virtual DataFrameColumn Round(bool inPlace = false) => throw new NotSupportedException();

    public virtual bool All() => throw new NotSupportedException();

    public virtual bool Any() => throw new NotSupportedException();
}
