using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DistillKit.Charts;
using DistillKit.Data;
using DistillKit.Networks;
using DistillKit.Notebook.Formatting;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Experiments.Statistics;
using DistillKit.Training;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using StbImageSharp;
using static TorchSharp.torch;

namespace DistillKit.Notebook.Tests;

[Collection("notebook")]
public sealed class FormatterTests
{
    public FormatterTests() => Formatters.Register();

    [Fact]
    public void A_small_tensor_shows_its_values_and_a_large_one_its_range()
    {
        Assert.Equal("Float32 [2, 2], min 1, max 4, mean 2.5", tensor(new float[] { 1, 2, 3, 4 }, [2, 2]).ToDisplayString("text/plain"));
        Assert.Contains("<td style=\"text-align:right\">3</td>", tensor(new float[] { 1, 2, 3, 4 }, [2, 2]).ToDisplayString("text/html"));
        Assert.DoesNotContain("<td", zeros(20, 20).ToDisplayString("text/html"));
        Assert.Equal("Int64 [0]", zeros(0, dtype: ScalarType.Int64).ToDisplayString("text/plain"));
        Assert.Contains("max 1", tensor(new[] { true, false }).ToDisplayString("text/plain"));
    }

    [Fact]
    public void A_tensor_that_learns_is_described_without_a_gradient()
    {
        using var weights = rand(3, 3).requires_grad_();
        Assert.Contains("Float32 [3, 3]", weights.ToDisplayString("text/html"));
    }

    [Fact]
    public void An_image_set_shows_its_own_pixels_with_their_classes()
    {
        var set = SyntheticImages.Create(3, seed: 1);
        var html = set.ToDisplayString("text/html");
        var pictures = html.Split("base64,").Skip(1)
            .Select(part => ImageResult.FromMemory(Convert.FromBase64String(part[..part.IndexOf('"')])).Data).ToArray();

        Assert.Equal(3, pictures.Length);
        for (var image = 0; image < 3; image++)
            for (var i = 0; i < 32 * 32; i++)
                for (var channel = 0; channel < 3; channel++)
                    Assert.Equal(set.Image(image)[channel * 32 * 32 + i], pictures[image][3 * i + channel]);
        foreach (var name in SyntheticImages.ClassNames.Take(3)) Assert.Contains($"alt=\"{name}\"", html);
    }

    [Fact]
    public void A_batch_gets_its_colours_back()
    {
        var set = SyntheticImages.Create(4, seed: 1);
        using var device = new DeviceImages(set, CPU);
        var grid = ImageGrid.Of(device.Take([2, 0]), Normalization.Of(set), set.ClassNames);

        Assert.Equal([set.ClassNames[2], set.ClassNames[0]], grid.Images.Select(image => image.Caption));
        for (var i = 0; i < 32 * 32; i++) Assert.Equal(set.Image(2)[i], grid.Images[0].Pixels[3 * i]);
    }

    [Fact]
    public void Maps_lie_over_pictures_of_three_times_their_size_with_a_text_for_who_cannot_see_them()
    {
        var set = SyntheticImages.Create(2, seed: 1);
        using var device = new DeviceImages(set, CPU);
        var maps = zeros(2, 4, 4);
        maps[0, 0, 3] = 7;
        maps[1] = ones(4, 4);
        ImageGrid Overlay(Tensor some) => ImageGrid.Overlay(device.Take([0, 1]), Normalization.Of(set), set.ClassNames, ("teacher", some));

        var grid = Overlay(maps);
        Assert.Equal([set.ClassNames[0], set.ClassNames[1], "teacher", "teacher"], grid.Images.Select(image => image.Caption));
        var html = grid.ToHtml();
        Assert.Equal(4, html.Split("width=\"96\" height=\"96\"").Length - 1);
        Assert.Contains($"alt=\"{set.ClassNames[0]}, teacher: strongest upper right\"", html);
        Assert.Contains("yellow where it is largest", html);

        // Yellow where the map is largest, blue where it is 0, with the picture's grey in both.
        var (picture, colored) = (grid.Images[0].Pixels, grid.Images[2].Pixels);
        foreach (var (pixel, scale) in ((int, string)[])[(31, "#ffea46"), (31 * 32, "#00204d")])
        {
            var grey = 0.299 * picture[3 * pixel] + 0.587 * picture[3 * pixel + 1] + 0.114 * picture[3 * pixel + 2];
            for (var channel = 0; channel < 3; channel++)
            {
                var part = Convert.ToInt32(scale[(1 + 2 * channel)..(3 + 2 * channel)], 16);
                Assert.InRange(colored[3 * pixel + channel], 0.6 * part + 0.4 * grey - 1, 0.6 * part + 0.4 * grey + 1);
            }
        }
        Assert.Contains("[2, height, width], not [1, 4, 4]", Assert.Throws<UserException>(() => Overlay(maps[..1])).Message);
        Assert.Contains("not finite", Assert.Throws<UserException>(() => Overlay(full([2, 4, 4], float.NaN))).Message);
    }

    [Fact]
    public void A_picture_of_another_size_is_refused() =>
        Assert.Contains("needs 12 bytes", Assert.Throws<UserException>(() => new ImageGrid([(new byte[11], "")], 2).ToHtml()).Message);

    [Fact]
    public void More_images_than_fit_are_counted() =>
        Assert.Contains("60 more", SyntheticImages.Create(100, seed: 1).ToDisplayString("text/html"));

    [Fact]
    public void A_training_has_a_row_for_each_epoch()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, """
            {"step":20,"epoch":0,"loss":2,"accuracy":0.2,"learningRate":0.1,"imagesPerSecond":100}
            {"step":40,"epoch":0,"loss":1,"accuracy":0.4,"learningRate":0.1,"imagesPerSecond":100}
            {"step":40,"epoch":0,"validationAccuracy":0.5}
            {"step":60,"epoch":1,"loss":0.5,"accuracy":0.6,"learningRate":0.1,"imagesPerSecond":100}
            {"step":80,"epo
            """);
        var html = TrainingHistory.Read("teacher", path).ToDisplayString("text/html");
        File.Delete(path);

        Assert.Equal(["epoch", "loss", "training", "validation"], Cells(html, 1));
        Assert.Equal(["1", "1.5", "30.00 %", "50.00 %"], Cells(html, 2));
        Assert.Equal(["2", "0.5", "60.00 %", ""], Cells(html, 3));
    }

    [Fact]
    public void An_experiment_has_a_row_for_each_recipe_and_says_its_rule()
    {
        var beats = new Comparison(2, 0.05, new(0.0373, 0.0627), new(0.03, 0.07), 0.02, 0.04, Verdict.Beats);
        var table = new ExperimentTable(
            "features", "", "smoke", Metric.Validation, "kd", 1, BudgetRule.Equal, [1, 2], 4, "paired t test", DateTimeOffset.UnixEpoch,
            [new("kd", [], 2, 0.5, null, null, 1), new("hint", [new("distillation.temperature", "4")], 2, 0.55, null, beats, 1)], []);
        string[] expected = ["hint", "4", "2", "55.00", "5.00", "3.73 to 6.27", "0.040", "BEATS"];

        var html = table.ToDisplayString("text/html");
        string[] header =
        [
            "recipe", "distillation.temperature", "seeds", "validation (%)", "above kd (points)", "95 % interval, uncorrected",
            "p after Holm", "verdict",
        ];
        Assert.Equal(header, Cells(html, 1));
        Assert.Equal(["kd", "", "2", "50.00", "", "", "", ""], Cells(html, 2));
        Assert.Equal(expected, Cells(html, 3));
        Assert.Contains("paired t test", html);
    }

    [Fact]
    public void A_graph_is_a_table_of_its_nodes()
    {
        using var model = new ResNetSpec { Blocks = [1], Width = 0.25 }.Build();
        Assert.Contains("layer1.0.conv1", model.ToGraph(32).ToDisplayString("text/html"));
    }

    [Fact]
    public void A_chart_is_a_picture_with_its_title_and_its_text_has_the_numbers()
    {
        var chart = TrainingCurves.Of(
            "Down \"it\" goes", [new("a", [new(1, 0, 2.0, ValidationAccuracy: 0.5), new(2, 1, 1.0, ValidationAccuracy: 0.625)])]);
        var html = chart.ToDisplayString("text/html");
        Assert.Matches("^<img alt=\"Down &quot;it&quot; goes\" src=\"data:image/svg\\+xml;base64,[A-Za-z0-9+/=]+\">$", html);
        Assert.Contains("<svg ", Encoding.UTF8.GetString(Convert.FromBase64String(html.Split("base64,")[1][..^2])));

        var text = chart.ToDisplayString("text/plain");
        Assert.StartsWith("Down \"it\" goes\n", text);
        foreach (var number in (string[])["1.00: 2.00", "2.00: 1.00", "62.5"]) Assert.Contains(number, text);
    }

    [Fact]
    public void A_wide_table_is_told_in_groups_of_columns_of_at_most_100_letters()
    {
        string[] header = [.. Enumerable.Range(0, 12).Select(column => $"column number {column}")];
        string[] row = ["name", .. Enumerable.Range(1, 10).Select(column => $"{column}.5"), new string('x', 300)];
        var text = new Table(header, [row], "A caption", string.Join(' ', Enumerable.Repeat("rule", 60))).ToString();

        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        foreach (var cell in header.Concat(row.SkipLast(1))) Assert.Contains(cell, text);
        Assert.True(text.Split('\n').Count(line => line.StartsWith("name ", StringComparison.Ordinal)) > 1);
        Assert.Equal("a   1\nb  22", new Table([], [["a", "1"], ["b", "22"]]).ToString());
        Assert.Equal("name  value\na<    1.235\n      2.000", Values().ToDisplayString("text/plain"));
    }

    [Fact]
    public void A_table_shows_its_first_rows()
    {
        var html = Values().ToDisplayString("text/html");
        var frame = new DataFrame(new PrimitiveDataFrameColumn<int>("number", Enumerable.Range(0, 100)));
        Assert.Contains("50 more rows", frame.ToDisplayString("text/html"));
        Assert.Contains("<th>name</th><th>value</th>", html);
        Assert.Contains("<td>a&lt;</td><td style=\"text-align:right\">1.235</td>", html);
    }

    [Theory]
    [InlineData("84.38 100", "84.38 100.00")]
    [InlineData("0.06335 93.2859 1", "0.063 93.286 1.000")]
    [InlineData("0.25 1 NaN", "0.25 1.00 NaN")]
    [InlineData("-4 0 1024", "-4 0 1,024")]
    [InlineData("0.285 5.13e-8", "0.285000 0.000000")]
    [InlineData("0.000285 5.13e-8", "2.85e-4 5.13e-8")]
    public void A_column_has_one_format(string values, string shown)
    {
        var numbers = values.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture));
        var frame = new DataFrame(new PrimitiveDataFrameColumn<double>("", numbers)).ToDisplayString("text/plain");
        Assert.Equal(shown, string.Join(" ", frame.Split('\n', StringSplitOptions.TrimEntries)));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1234567, "1,234,567")]
    [InlineData(1.23456, "1.235")]
    [InlineData(-0.0123456, "-0.01235")]
    [InlineData(0.000012345, "1.23e-5")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_are_short(double value, string text) => Assert.Equal(text, Text.Number(value));

    private static DataFrame Values() =>
        new(new StringDataFrameColumn("name", ["a<", null]), new PrimitiveDataFrameColumn<double>("value", [1.23456789, 2.0]));

    private static IEnumerable<string> Cells(string html, int row) =>
        Regex.Matches(html.Split("<tr>")[row], "<t[dh][^>]*>([^<]*)<").Select(match => match.Groups[1].Value);
}
