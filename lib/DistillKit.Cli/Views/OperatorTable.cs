using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DistillKit.Edge;
using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>Where the time of one image goes in Edge, on one thread.</summary>
internal static class OperatorTable
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <exception cref="UserException">A file cannot be used.</exception>
    internal static void Show(IEnumerable<string> files, int repeats, bool json)
    {
        foreach (var file in files)
        {
            using var model = Load(file);
            var images = new float[model.InputShape.Aggregate(1, (product, size) => product * size)];
            // .NET compiles what runs often once more: that is over after a while.
            var begun = Stopwatch.GetTimestamp();
            do model.Profile(images, repeats);
            while (Stopwatch.GetElapsedTime(begun) < WarmUp);
            var profile = model.Profile(images, repeats);
            if (json) Console.WriteLine(JsonSerializer.Serialize(profile, JsonSerializerOptions.Web));
            else Write(model, profile);
        }
    }

    private static void Write(EdgeModel model, IReadOnlyList<OperatorProfile> profile)
    {
        var total = profile.Sum(entry => entry.Time.TotalMicroseconds);
        var table = Tables.New("operator").AddColumn("kind").AddColumn("shape");
        foreach (var column in (string[])["MACs", "time", "share", "GMAC/s"]) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var entry in profile)
        {
            table.AddRow(
                Markup.Escape(entry.Name), Markup.Escape(entry.Kind), Markup.Escape(entry.Shape), Text($"{entry.MultiplyAccumulates / 1e6:f2} M"), Text($"{entry.Time.TotalMicroseconds:f1} µs"),
                Text($"{100 * entry.Time.TotalMicroseconds / total:f1} %"), entry.MultiplyAccumulates == 0 ? "" : Text($"{entry.MultiplyAccumulates / entry.Time.TotalMicroseconds / 1e3:f0}"));
        }
        Tables.Write(table);
        Console.WriteLine(Text($"{model.InstructionSet}: {total:f0} µs for {model.MultiplyAccumulates / 1e6:f1} M multiply-accumulates, {model.MultiplyAccumulates / total / 1e3:f0} GMAC/s"));
        foreach (var group in profile.GroupBy(entry => entry.Kind.Split(' ')[0]).OrderByDescending(group => group.Sum(entry => entry.Time.TotalMicroseconds)))
            Console.WriteLine(Text($"  {group.Key}: {100 * group.Sum(entry => entry.Time.TotalMicroseconds) / total:f0} %, {100.0 * group.Sum(entry => entry.MultiplyAccumulates) / model.MultiplyAccumulates:f0} % of the multiply-accumulates"));
    }

    private static EdgeModel Load(string file)
    {
        try
        {
            return EdgeModel.Load(file);
        }
        catch (EdgeException error)
        {
            throw new UserException($"{file}: {error.Message}", error);
        }
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
