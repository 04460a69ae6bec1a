using System.Collections.ObjectModel;

namespace Microsoft.Data.Analysis;

public class DataFrameColumnCollection : Collection<DataFrameColumn>
{
    internal DataFrameColumnCollection(IEnumerable<DataFrameColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        foreach (var column in columns) Add(column);
    }

    internal long RowCount { get; set; }

    public DataFrameColumn this[string columnName]
    {
        get => IndexOf(columnName) is var index and not -1 ? this[index] : throw Messages.NoColumn(columnName);
        set
        {
            value.SetName(columnName);
            if (IndexOf(columnName) is var index and not -1) this[index] = value;
            else Add(value);
        }
    }

    public int IndexOf(string columnName)
    {
        for (var i = 0; i < Count; i++)
            if (this[i].Name == columnName) return i;
        return -1;
    }

    public void Insert<T>(int columnIndex, IEnumerable<T> column, string columnName)
        where T : unmanaged => Insert(columnIndex, new PrimitiveDataFrameColumn<T>(columnName, column));

    public void Remove(string columnName)
    {
        if (IndexOf(columnName) is var index and not -1) RemoveAt(index);
    }

    public void RenameColumn(string currentName, string newName) => this[currentName].SetName(newName);

    public PrimitiveDataFrameColumn<T> GetPrimitiveColumn<T>(string name)
        where T : unmanaged =>
        this[name] as PrimitiveDataFrameColumn<T> ?? throw Messages.BadCast(this[name].DataType, typeof(T), nameof(T));

    public BooleanDataFrameColumn GetBooleanColumn(string name) => Typed<BooleanDataFrameColumn>(name, typeof(bool));

    public Int32DataFrameColumn GetInt32Column(string name) => Typed<Int32DataFrameColumn>(name, typeof(int));

    public Int64DataFrameColumn GetInt64Column(string name) => Typed<Int64DataFrameColumn>(name, typeof(long));

    public SingleDataFrameColumn GetSingleColumn(string name) => Typed<SingleDataFrameColumn>(name, typeof(float));

    public DoubleDataFrameColumn GetDoubleColumn(string name) => Typed<DoubleDataFrameColumn>(name, typeof(double));

    public DateTimeDataFrameColumn GetDateTimeColumn(string name) => Typed<DateTimeDataFrameColumn>(name, typeof(DateTime));

    public StringDataFrameColumn GetStringColumn(string name) => Typed<StringDataFrameColumn>(name, typeof(string));

    /// <summary>A column is about to have another name.</summary>
    internal void Rename(string currentName, string newName)
    {
        if (currentName != newName) RequireNewName(newName);
    }

    protected override void InsertItem(int columnIndex, DataFrameColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        RequireLength(column, Count > 0);
        RequireNewName(column.Name);
        column.AddOwner(this);
        RowCount = column.Length;
        base.InsertItem(columnIndex, column);
    }

    protected override void SetItem(int columnIndex, DataFrameColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        RequireLength(column, RowCount > 0);
        if (IndexOf(column.Name) is var index and not -1 && index != columnIndex) RequireNewName(column.Name);
        this[columnIndex].RemoveOwner(this);
        column.AddOwner(this);
        base.SetItem(columnIndex, column);
    }

    protected override void RemoveItem(int columnIndex)
    {
        this[columnIndex].RemoveOwner(this);
        base.RemoveItem(columnIndex);
        if (Count == 0) RowCount = 0;
    }

    protected override void ClearItems()
    {
        foreach (var column in this) column.RemoveOwner(this);
        base.ClearItems();
        RowCount = 0;
    }

    void RequireLength(DataFrameColumn column, bool isFixed)
    {
        if (isFixed && column.Length != RowCount) throw new ArgumentException(Messages.MismatchedLengths, nameof(column));
    }

    void RequireNewName(string name)
    {
        if (IndexOf(name) != -1) throw new ArgumentException($"DataFrame already contains a column called {name}", "column");
    }

    T Typed<T>(string name, Type type)
        where T : DataFrameColumn => this[name] as T ?? throw Messages.BadCast(this[name].DataType, type);
}
