using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.DotNet.Interactive.Formatting;

namespace DistillKit.Notebook.Formatting;

/// <summary>
/// Tables of Microsoft.Data.Analysis, if the notebook uses them: this library does not refer to that package, so the type is found by its name,
/// when its assembly is loaded.
/// </summary>
internal static class DataFrames
{
    private const string AssemblyName = "Microsoft.Data.Analysis";
    private const int Most = 50;

    private static bool isWatching;

    internal static void Register()
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) Look(assembly);
        if (isWatching) return;
        isWatching = true;
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Look(loaded.LoadedAssembly);
    }

    private static void Look(Assembly assembly)
    {
        if (assembly.GetName().Name == AssemblyName && assembly.GetType($"{AssemblyName}.DataFrame") is { } type)
            Formatter.Register(type, (object value, TextWriter writer) => writer.Write(ToHtml(value)), HtmlFormatter.MimeType);
    }

    internal static string ToHtml(object frame)
    {
        var columns = ((IEnumerable)Get(frame, "Columns")!).Cast<IEnumerable>().ToArray();
        var count = columns.Length == 0 ? 0 : Convert.ToInt64(Get(columns[0], "Length"), CultureInfo.InvariantCulture);
        var cells = columns.Select(column => column.Cast<object?>().Take(Most).Select(Cell).ToArray()).ToArray();
        var rows = Enumerable.Range(0, (int)Math.Min(count, Most)).Select(row => cells.Select(column => column[row]));
        return Text.Table(columns.Select(column => (string)Get(column, "Name")!), rows) + (count > Most ? FormattableString.Invariant($"<div>{count - Most:n0} more rows</div>") : "");
    }

    private static string Cell(object? value) => value switch
    {
        null => "",
        double or float => Text.Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    // The most derived property, where a type hides one of its base.
    private static object? Get(object target, string name) =>
        target.GetType().GetProperties().Where(property => property.Name == name && property.GetIndexParameters().Length == 0).First().GetValue(target);
}
