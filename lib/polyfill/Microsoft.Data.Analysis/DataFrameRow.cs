using System.Collections;

namespace Microsoft.Data.Analysis;

public class DataFrameRow : IEnumerable<object>
{
    readonly DataFrame _dataFrame;
    readonly long _rowIndex;

    internal DataFrameRow(DataFrame dataFrame, long rowIndex) => (_dataFrame, _rowIndex) = (dataFrame, rowIndex);

    public object this[int index]
    {
        get => _dataFrame.Columns[index][_rowIndex];
        set => _dataFrame.Columns[index][_rowIndex] = value;
    }

    public object this[string columnName]
    {
        get => _dataFrame[columnName][_rowIndex];
        set => _dataFrame[columnName][_rowIndex] = value;
    }

    public IEnumerable<KeyValuePair<string, object>> GetValues() =>
        _dataFrame.Columns.Select(column => KeyValuePair.Create(column.Name, column[_rowIndex]));

    public IEnumerator<object> GetEnumerator() => _dataFrame.Columns.Select(column => column[_rowIndex]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Concat(this.Select(value => $"{value ?? "null"} "));
}
