using System.Text.Json;
using DistillKit.Charts.Static;
using FsCheck;
using FsCheck.Fluent;
using XPlot.Plotly;

namespace DistillKit.Charts.Tests;

public class ChartTests
{
    [Theory]
    [MemberData(nameof(Gallery.Names), MemberType = typeof(Gallery))]
    public void Every_chart_has_a_title_and_no_background(string name)
    {
        var (_, layout) = Read(Gallery.Draw(name));
        Assert.NotEmpty(ChartText.Title(Gallery.Draw(name)));
        Assert.Equal("rgba(0,0,0,0)", layout.GetProperty("paper_bgcolor").GetString());
    }

    [Theory]
    [MemberData(nameof(Gallery.Names), MemberType = typeof(Gallery))]
    public void Every_series_lies_on_axes_that_the_layout_has(string name)
    {
        var (data, layout) = Read(Gallery.Draw(name));
        foreach (var trace in data.EnumerateArray())
            foreach (var letter in (string[])["x", "y"])
            {
                var axis = trace.TryGetProperty(letter + "axis", out var own) ? own.GetString()! : letter;
                Assert.True(layout.TryGetProperty($"{letter}axis{axis[1..]}", out _), $"{axis} of {name}");
            }
    }

    [Fact]
    public void A_long_title_is_broken_into_lines_and_its_markup_is_shown()
    {
        var title = string.Join(" ", Enumerable.Repeat("word", 40)) + " <b>";
        var (_, layout) = Read(IntervalDots.Of(title, "points", [new Estimate("one", 1, 0, 2, [])]));
        var text = layout.GetProperty("title").GetProperty("text").GetString();
        Assert.Contains("<br>", text);
        Assert.EndsWith("&lt;b&gt;", text);
    }

    [Fact]
    public void The_front_has_exactly_the_points_that_no_other_beats() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Cost, byte Accuracy)[]>(),
        pairs =>
        {
            TradeOffPoint[] points =
                [.. pairs.Select((pair, index) => new TradeOffPoint($"{index}", 1 + pair.Cost % 16, pair.Accuracy % 16 / 16.0))];
            var front = TradeOff.Front(points).ToHashSet();
            bool Beaten(TradeOffPoint point) => points.Any(other => other.Cost <= point.Cost && other.Accuracy >= point.Accuracy
                && (other.Cost < point.Cost || other.Accuracy > point.Accuracy));
            return points.All(point => front.Contains(point) != Beaten(point));
        }));

    [Fact]
    public void Softened_probabilities_sum_to_one_and_get_flatter() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<int>>(),
        logits =>
        {
            var values = logits.Get.Select(logit => (float)(logit % 50)).ToArray();
            var (cold, warm) = (SoftTargets.Soften(values, 1), SoftTargets.Soften(values, 4));
            var isFlatter = warm.Max() <= cold.Max() + 1e-12 && warm.Min() >= cold.Min() - 1e-12;
            return Math.Abs(cold.Sum() - 1) < 1e-9 && Math.Abs(warm.Sum() - 1) < 1e-9 && isFlatter;
        }));

    [Fact]
    public void A_temperature_must_be_above_zero() =>
        Assert.Contains("above 0", Assert.Throws<UserException>(() => SoftTargets.Soften([1f], 0)).Message);

    [Fact]
    public void Wilsons_interval_is_the_published_one()
    {
        // 81 of 263: Newcombe 1998, Statistics in Medicine 17, table I: 0.2553 to 0.3662.
        var (below, above) = BenchmarkRows.interval(81 / 263.0, 263);
        Assert.Equal(0.2553, 81 / 263.0 - below, 4);
        Assert.Equal(0.3662, 81 / 263.0 + above, 4);
        Assert.Equal(0, BenchmarkRows.interval(0, 10).Item1, 9);
    }

    [Fact]
    public void A_histogram_holds_every_value_once()
    {
        var (data, _) = Read(ValueHistogram.Of("t", "v", new Dictionary<string, float[]> { ["a"] = [0, 0, 1, 5, 10] }, bins: 10));
        var shares = data[0].GetProperty("y").EnumerateArray().Select(share => share.GetDouble()).ToArray();
        // The last edge repeats the last bin.
        Assert.Equal(100, shares.SkipLast(1).Sum(), 9);
        Assert.Equal([40, 20, 20, 20], shares.SkipLast(1).Where(share => share > 0));
    }

    [Theory]
    [InlineData(float.NaN, "not finite")]
    [InlineData(float.PositiveInfinity, "not finite")]
    public void A_histogram_of_something_else_than_numbers_says_so(float value, string message) =>
        Assert.Contains(message, Assert.Throws<UserException>(() => ValueHistogram.Of("t", "v", [new("a", [1, value])])).Message);

    [Fact]
    public void Nothing_to_draw_is_a_plain_error()
    {
        Assert.Throws<UserException>(() => ValueHistogram.Of("t", "v", new Dictionary<string, float[]> { ["a"] = [] }));
        Assert.Throws<UserException>(() => TrainingCurves.Of("t", []));
        Assert.Throws<UserException>(() => SensitivityBars.Of("t", []));
        Assert.Throws<UserException>(() => TradeOff.Of("t", "cost", []));
        Assert.Throws<UserException>(() => IntervalDots.Of("t", "v", []));
        Assert.Throws<UserException>(() => LadderSteps.Of("t", []));
        Assert.Throws<UserException>(() => LineChart.Of("t", "x", "y", []));
        Assert.Throws<UserException>(() => LineChart.Of("t", "x", "y", [new Curve("short", [1, 2], [1])]));
        Assert.Throws<UserException>(() => LineChart.Of("t", "x", "y", [new Curve("none", [1], [double.NaN])]));
        Assert.Throws<UserException>(() => GridMap.Of("t", "x", [1], "y", [1], "v", [[double.NaN]]));
        Assert.Throws<ArgumentException>(() => GridMap.Of("t", "x", [1, 2], "y", [1], "v", [[1]]));
    }

    [Fact]
    public void An_experiment_shows_each_seed_next_to_the_mean_difference()
    {
        var data = Read(Gallery.Draw("experiment")).Data;
        double[] Values(int trace) => [.. data[trace].GetProperty("x").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 9))];
        Assert.Equal([4, 6], Values(1));
        Assert.Equal([5], Values(2));
        Assert.Throws<UserException>(() => IntervalDots.AboveBaseline("t", Gallery.Experiment() with { Rows = [] }));
    }

    [Fact]
    public void Seeds_that_would_hide_each_other_stand_apart_and_keep_their_values()
    {
        var data = Read(IntervalDots.Of("t", "points", [new("kd", 1, 0, 2, [0.5, 1, 1, 1.001, 1.5]), new("other", 3, 2, 4, [3])])).Data;
        double[] Values(string axis) => [.. data[0].GetProperty(axis).EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal([0.5, 1, 1, 1.001, 1.5, 3], Values("x"));
        Assert.Equal([0.3, 0.3, 1.3], ((int[])[0, 4, 5]).Select(run => Values("y")[run]));
        Assert.Equal(3, Values("y")[1..4].Distinct().Count());
        Assert.All(Values("y")[1..4], y => Assert.InRange(y, 0.15, 0.45));
    }

    [Fact]
    public void Figures_of_an_interval_chart_have_equally_many_decimals_as_text()
    {
        var text = ChartText.Describe(IntervalDots.Of("t", "points", [new("kd", -1e-16, -25.4, 25.4, [0, -1, 1.5])]), 100);
        Assert.Contains("kd: 0.0 (-25.4 to 25.4)", text);
        Assert.Contains("single runs: 0.00, -1.00, 1.50", text);
    }

    [Fact]
    public void Points_that_coincide_stand_beside_each_other_and_say_their_own_values()
    {
        TradeOffPoint[] points = [new("4 bits", 2, 0.7), new("8 bits", 2, 0.7), new("float", 2.5, 0.8), new("none", 9, 0.6)];
        var (data, layout) = Read(TradeOff.Of("t", "cost", points));
        var drawn = data.EnumerateArray().Where(trace => trace.GetProperty("mode").GetString() == "markers")
            .SelectMany(trace => trace.GetProperty("x").EnumerateArray().Zip(trace.GetProperty("text").EnumerateArray()))
            .ToDictionary(pair => pair.Second.GetString()!, pair => pair.First.GetDouble());
        Assert.True(drawn["4 bits: 2.00, 70.00 %"] < 2 && drawn["8 bits: 2.00, 70.00 %"] > 2);
        Assert.Equal((2.5, 9), (drawn["float: 2.50, 80.00 %"], drawn["none: 9.00, 60.00 %"]));
        // By less than a symbol's size.
        var pixel = Math.Pow(9 * 1.25 / (2 / 1.25), 1 / 540.0);
        Assert.InRange(drawn["8 bits: 2.00, 70.00 %"] / 2, pixel, Math.Pow(pixel, 11));
        string[] notes = ["A: 4 bits", "B: 8 bits", "C: float", "D: none", "Points that coincide are drawn beside each other."];
        Assert.Equal(notes, layout.GetProperty("annotations").EnumerateArray().Select(note => note.GetProperty("text").GetString()));
        Assert.Equal(3, Read(TradeOff.Of("t", "cost", points[1..])).Layout.GetProperty("annotations").GetArrayLength());
    }

    [Fact]
    public void Bins_of_fewer_than_ten_images_are_left_out_of_the_accuracies_and_that_is_said()
    {
        var report = Gallery.Report(1);
        Assert.Contains(report.Calibration, bin => bin.Count is > 0 and < 10);
        var data = Read(ReliabilityDiagram.Of("t", [new("soft", report)])).Data;
        var curves = data.EnumerateArray().Where(trace => trace.GetProperty("mode").GetString() == "lines+markers").ToArray();
        Assert.Equal(report.Calibration.Count(bin => bin.Count >= 10), curves[0].GetProperty("x").GetArrayLength());
        Assert.Equal(report.Calibration.Count(bin => bin.Count > 0), curves[1].GetProperty("x").GetArrayLength());
        Assert.Contains("no bins of fewer than 10 images", data.GetRawText());
    }

    [Fact]
    public void The_grid_frames_its_largest_number()
    {
        var shape = Read(Gallery.Draw("grid")).Layout.GetProperty("shapes")[0];
        Assert.Equal((1.54, 2.46), (shape.GetProperty("x0").GetDouble(), shape.GetProperty("x1").GetDouble()));
        Assert.Equal(0.54, shape.GetProperty("y0").GetDouble(), 9);
    }

    [Fact]
    public void The_confusion_matrix_colours_mistakes_only()
    {
        var report = Gallery.Report(1);
        var z = Read(ConfusionMatrix.Of("t", report)).Data[0].GetProperty("z");
        for (var label = 0; label < 10; label++) Assert.Equal(JsonValueKind.Null, z[label][label].ValueKind);
        Assert.Equal(100.0 * report.Confusion[3][5] / report.Confusion[3].Sum(), z[3][5].GetDouble(), 2);
    }

    internal static (JsonElement Data, JsonElement Layout) Read(PlotlyChart chart)
    {
        var (data, layout) = ChartJson.read(chart);
        return (data, layout);
    }
}
