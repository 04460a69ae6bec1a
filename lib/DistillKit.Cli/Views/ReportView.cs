using System.Globalization;
using DistillKit.Metrics;
using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>An evaluation on the screen: the figures, each class, and the confusion matrix.</summary>
internal static class ReportView
{
    internal static void Show(ClassificationReport report, string origin)
    {
        Console.WriteLine(FormattableString.Invariant($"top-1 {100 * report.Accuracy:f2} % of {report.Count:n0} images, cross-entropy {report.CrossEntropy:f4}, calibration error {100 * report.CalibrationError:f2} %"));
        Console.WriteLine(origin);
        var table = Tables.New("class").AddColumn(new TableColumn("recall").RightAligned()).AddColumn(new TableColumn("precision").RightAligned());
        foreach (var result in report.Classes) table.AddColumn(new TableColumn(result.Name[..Math.Min(4, result.Name.Length)]).RightAligned());
        foreach (var (result, row) in report.Classes.Zip(report.Confusion))
            table.AddRow([result.Name, Percent(result.Accuracy), Percent(result.Precision), .. row.Select(count => count.ToString(CultureInfo.InvariantCulture))]);
        Tables.Write(table);
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:f1} %");
}
