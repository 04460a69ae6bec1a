using System.Globalization;
using DistillKit.Quantization.Sensitivity;
using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>What rounding each layer does, with bars; and a plan that was found.</summary>
internal static class SensitivityTable
{
    private const int BarWidth = 30;

    internal static void Show(IReadOnlyList<LayerSensitivity> layers)
    {
        var table = Tables.New("layer");
        foreach (var column in (string[])["accuracy", "KL", "SQNR", "saved", "MACs"]) table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("KL of the predictions");
        var largest = layers.Max(layer => layer.Divergence);
        foreach (var layer in layers)
        {
            table.AddRow(
                layer.Layer, Text($"{100 * layer.Accuracy:f2} %"), Text($"{layer.Divergence:g3}"), Text($"{layer.Decibels:f1} dB"), Text($"{layer.SavedBytes / 1e3:f1} kB"),
                Text($"{layer.MultiplyAccumulates / 1e6:f2} M"), new string('█', (int)Math.Round(BarWidth * Math.Max(0, layer.Divergence) / Math.Max(largest, double.Epsilon))));
        }
        Tables.Write(table);
        Console.WriteLine("each layer rounded alone: KL(float || rounded) in nats for an image, signal-to-quantization-noise ratio of the logits, bytes of weights that it saves");
    }

    internal static void Show(FoundPlan found, string path)
    {
        var groups = found.Plan.Layers.Values.GroupBy(entry => entry.Weights is { } scheme ? $"{scheme.Bits} bits" : "float").OrderBy(group => group.Key, StringComparer.Ordinal);
        Console.WriteLine(FormattableString.Invariant(
            $"{path}: {100 * found.Accuracy:f2} % (float {100 * found.FloatAccuracy:f2} %), weights {found.PackedBytes / 1e6:f3} MB, {100 * found.IntegerShare:f0} % of the MACs in integers; layers: {string.Join(", ", groups.Select(group => $"{group.Count()} with {group.Key}"))}"));
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
