using DistillKit.Cli.Views;
using DistillKit.Data;
using Spectre.Console;

namespace DistillKit.Cli.Tests;

public sealed class ViewTests
{
    private readonly StringWriter output = new();

    [Theory]
    [InlineData(60, "│ [a] and [/] │ int8 │ 97.12 % │")]
    [InlineData(20, "[a] and [/] numbers: int8, test: 97.12 % b numbers: fp32")]
    public void A_table_shows_names_with_brackets_and_every_number_at_any_width(int width, string expected)
    {
        var table = new TextTable("network", "numbers").Numbers("test");
        table.Add("[a] and [/]", "int8", "97.12 %");
        table.Add("b", "fp32", "");
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        table.Write(console, TableBorder.Rounded);
        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, width));
        Assert.Contains(expected, string.Join(' ', output.ToString().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void A_row_without_a_cell_for_each_column_is_refused() =>
        Assert.Throws<ArgumentException>(() => new TextTable("network").Numbers("test").Add("teacher"));

    [Fact]
    public void Progress_is_a_line_for_each_step_and_each_quarter_of_a_long_one()
    {
        var lines = new ProgressLines(output);
        lines.Started("data", "CIFAR-10", resumedStep: 3);
        for (var done = 0; done <= 100; done++) lines.Installed(new DataProgress("download", done, 100));
        lines.Installed(new DataProgress("unpack"));
        lines.Finished("data", "60,000 images", TimeSpan.FromSeconds(61), isFromEarlierRun: false);
        string[] expected =
        [
            "CIFAR-10, resumed at step 3", "download", "download: 25 %", "download: 50 %", "download: 75 %", "download: 100 %", "unpack",
            "60,000 images (1:01)",
        ];
        Assert.Equal(expected.Select(line => $"data       {line}"), output.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_bar_for_each_stage_takes_any_text()
    {
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Progress().Start(context =>
        {
            var bars = new ProgressBars(context);
            bars.Started("data", "[/] CIFAR-10");
            bars.Installed(new DataProgress("download", 1, 4));
            bars.Advanced("unpack");
            bars.Finished("data", "60,000 images", TimeSpan.Zero, isFromEarlierRun: false);
            bars.Finished("teacher", "[95 %]", TimeSpan.Zero, isFromEarlierRun: true);
            Assert.True(context.IsFinished);
        });
    }
}
