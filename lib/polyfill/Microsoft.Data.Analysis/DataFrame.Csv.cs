using System.Globalization;
using System.Text;

namespace Microsoft.Data.Analysis;

public partial class DataFrame
{
    public static DataFrame LoadCsv(
        string filename, char separator = ',', bool header = true, string[] columnNames = null, Type[] dataTypes = null,
        int numRows = -1, int guessRows = 10, bool addIndexColumn = false, Encoding encoding = null,
        bool renameDuplicatedColumns = false, CultureInfo cultureInfo = null)
    {
        using var stream = new FileStream(filename, FileMode.Open, FileAccess.Read);
        return LoadCsv(
            stream, separator, header, columnNames, dataTypes, numRows, guessRows,
            addIndexColumn, encoding, renameDuplicatedColumns, cultureInfo);
    }

    public static DataFrame LoadCsv(
        Stream csvStream, char separator = ',', bool header = true, string[] columnNames = null, Type[] dataTypes = null,
        long numberOfRowsToRead = -1, int guessRows = 10, bool addIndexColumn = false, Encoding encoding = null,
        bool renameDuplicatedColumns = false, CultureInfo cultureInfo = null, Func<IEnumerable<string>, Type> guessTypeFunction = null)
    {
        if (!csvStream.CanSeek) throw new ArgumentException("Expected a seekable stream", nameof(csvStream));
        using var reader = new StreamReader(csvStream, encoding ?? Encoding.UTF8, leaveOpen: true);
        return LoadCsv(
            reader, separator, header, columnNames, dataTypes, numberOfRowsToRead, guessRows,
            addIndexColumn, renameDuplicatedColumns, cultureInfo, guessTypeFunction);
    }

    public static DataFrame LoadCsvFromString(
        string csvString, char separator = ',', bool header = true, string[] columnNames = null, Type[] dataTypes = null,
        long numberOfRowsToRead = -1, int guessRows = 10, bool addIndexColumn = false, bool renameDuplicatedColumns = false,
        CultureInfo cultureInfo = null, Func<IEnumerable<string>, Type> guessTypeFunction = null) => LoadCsv(
            new StringReader(csvString), separator, header, columnNames, dataTypes, numberOfRowsToRead, guessRows,
            addIndexColumn, renameDuplicatedColumns, cultureInfo, guessTypeFunction);

    public static void SaveCsv(
        DataFrame dataFrame, string path, char separator = ',', bool header = true, Encoding encoding = null, CultureInfo cultureInfo = null)
    {
        using var stream = new FileStream(path, FileMode.Create);
        SaveCsv(dataFrame, stream, separator, header, encoding, cultureInfo);
    }

    /// <summary>Without an encoding: ASCII, as in the package.</summary>
    public static void SaveCsv(
        DataFrame dataFrame, Stream csvStream, char separator = ',', bool header = true, Encoding encoding = null, CultureInfo cultureInfo = null)
    {
        cultureInfo ??= CultureInfo.CurrentCulture;
        if (cultureInfo.NumberFormat.NumberDecimalSeparator == separator.ToString())
            throw new ArgumentException("Decimal separator cannot match the column separator");
        using var writer = new StreamWriter(csvStream, encoding ?? Encoding.ASCII, leaveOpen: true);
        if (dataFrame is null) return;
        if (header) Write(dataFrame.Columns.Select(column => column.Name));
        foreach (var row in dataFrame.Rows) Write(row);

        void Write(IEnumerable<object> values) =>
            writer.WriteLine(string.Join(separator, values.Select(value => Text(value, separator, cultureInfo))));
    }

    static string Text(object value, char separator, CultureInfo culture) => value switch
    {
        null => "",
        float number => number.ToString("G9", culture),
        double number => number.ToString("G17", culture),
        string text when text.AsSpan().IndexOfAny(separator, '\n', '"') >= 0 => $"\"{text.Replace("\"", "\"\"")}\"",
        _ => Convert.ToString(value, culture),
    };

    static DataFrame LoadCsv(
        TextReader reader, char separator, bool header, string[] columnNames, Type[] dataTypes, long numberOfRowsToRead, int guessRows,
        bool addIndexColumn, bool renameDuplicatedColumns, CultureInfo cultureInfo, Func<IEnumerable<string>, Type> guessTypeFunction)
    {
        if (dataTypes is null && guessRows <= 0)
            throw new ArgumentException($"Expected either {nameof(guessRows)} or {nameof(dataTypes)} to be provided");
        var lines = CsvReader.Lines(reader, separator).ToList();
        if (lines.Count == 0) throw new FormatException("Empty file");
        if (renameDuplicatedColumns) NumberDuplicates(lines[0]);
        if (header) columnNames ??= lines[0];

        List<string[]> records = [.. lines.Skip(header ? 1 : 0)];
        if (numberOfRowsToRead >= 0) records = [.. records.Take((int)Math.Min(numberOfRowsToRead, int.MaxValue))];
        List<string[]> guessed = [.. records.Take(Math.Max(0, header ? guessRows - 1 : guessRows))]; // the header counts as one of the rows
        var columns = guessed.Select(record => record.Length).Append(dataTypes?.Length ?? 0).Max();

        var loaded = new DataFrame(Enumerable.Range(0, columns).Select(i => CreateColumn(dataTypes?[i] ?? GuessType(i), NameOf(i))));
        foreach (var record in records) loaded.Append(record, inPlace: true, cultureInfo);
        if (addIndexColumn) loaded.Columns.Insert(0, new Int64DataFrameColumn("IndexColumn", loaded.Columns[0].Rows));
        return loaded;

        string NameOf(int column) => columnNames is null || string.IsNullOrEmpty(columnNames[column]) ? $"Column{column}" : columnNames[column];

        Type GuessType(int column)
        {
            var values = guessed.Select((record, i) => column < record.Length
                ? record[column]
                : throw new FormatException($"Line {i + (header ? 2 : 1)} has less columns than expected"));
            return guessTypeFunction?.Invoke(values) ?? CsvReader.GuessType(values);
        }
    }

    static void NumberDuplicates(string[] names)
    {
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < names.Length; i++)
        {
            var name = names[i];
            if (seen.TryGetValue(name, out var count)) names[i] = $"{name}.{count}";
            seen[name] = count + 1;
        }
    }
}
