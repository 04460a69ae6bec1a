using System.Globalization;

namespace Microsoft.Data.Analysis;

/// <summary>The package's words, so that what a reader sees is the same with either.</summary>
internal static class Messages
{
    public const string MismatchedLengths = "Column lengths are mismatched";
    public const string LengthWithoutNulls = "Length (excluding null values)";

    public static string RowsShown(long shown, long all) => string.Create(CultureInfo.CurrentCulture, $"  ... {shown} of total {all}");

    public static ArgumentException NoColumn(string name) => new($"Column '{name}' does not exist", "columnName");

    public static ArgumentException BadCast(Type from, Type to, string parameter = null) =>
        new($"Cannot cast column holding {from} values to type {to}", parameter);

    public static ArgumentException WrongValue(Type expected) => new($"Expected value to be of type {expected}", "value");

    public static ArgumentException WrongColumn(Type expected, string parameter) =>
        new($"Expected column to hold values of type {expected}", parameter);
}
