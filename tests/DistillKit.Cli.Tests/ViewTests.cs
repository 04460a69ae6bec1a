using System.Text.RegularExpressions;
using DistillKit.Cli.Views;
using DistillKit.Data;
using Spectre.Console;

namespace DistillKit.Cli.Tests;

public sealed class ViewTests
{
    private readonly StringWriter output = new();

    [Theory]
    [InlineData(60, "│ [a] and [/] │ int8 │ 97.12 % │")]
    [InlineData(30, "[a] and [/] numbers: int8, test: 97.12 % b numbers: fp32")]
    [InlineData(15, "[a] and [/] numbers: int8 test: 97.12 % b numbers: fp32")]
    public void A_table_shows_names_with_brackets_and_every_number_at_any_width(int width, string expected)
    {
        var table = new TextTable("network", "numbers").Numbers("test");
        table.Add("[a] and [/]", "int8", "97.12 %");
        table.Add("b", "fp32", "");
        table.Write(ConsoleOf(width), TableBorder.Rounded);
        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, width));
        Assert.Contains(expected, string.Join(' ', output.ToString().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    [InlineData(20)]
    public void No_number_of_a_benchmark_is_cut_at_any_width(int width)
    {
        string[] numbers = ["85.00 %", "3.0 %", "88.1 M", "12.70 MB", "0.203 ms", "0.244 ms", "12,345/s", "118 MB", "1,250 s"];
        var table = new TextTable("network", "numbers", "runtime")
            .Numbers("test", "ECE", "MACs", "file", "latency", "p95", "throughput", "memory", "made in");
        table.Add(["distill", "int8 static", "Edge avx512vnni", .. numbers]);
        table.Write(ConsoleOf(width), TableBorder.Rounded);
        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, width));
        Assert.All(numbers, number => Assert.Matches($"[ │]{Regex.Escape(number)}[ ,│\n]", output.ToString()));
        Assert.DoesNotContain('…', output.ToString());
    }

    [Theory]
    [InlineData(200, "teacher    epoch 2/10  loss 0.123  training 45.0 %  1,234 images/s")]
    [InlineData(80, "teacher    epoch 2/10  loss 0.123  training 45.0 %")]
    [InlineData(60, "teacher    epoch 2/10  loss 0.123")]
    [InlineData(40, "teacher    epoch 2/10  loss 0.123")]
    [InlineData(20, "teacher")]
    public void No_number_of_the_live_display_is_cut_at_any_width(int width, string expected)
    {
        var console = ConsoleOf(width, isTerminal: true);
        console.Progress().Columns(ProgressBars.Columns(width)).Start(context =>
        {
            var bars = new ProgressBars(context);
            bars.Started("teacher", "ResNet [18]");
            bars.Trained(new(1, 10, 5, 100, 0.05, 0.1234, 0.45, 0.1, 1234, null));
            context.Refresh();
        });
        var lines = Regex.Replace(output.ToString(), "\u001b\\[[0-9;?]*[a-zA-Z]", "").Split('\n', '\r');
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, width));
        Assert.Matches($"^ *{Regex.Escape(expected)}(  |$)", lines.Last(line => line.Contains("teacher")));
    }

    [Fact]
    public void Names_reach_the_terminal_without_control_characters_and_in_one_line()
    {
        const string hostile = "a\u001b[2Jb\rc\u009bd\u202ee\nf";
        Assert.Equal("a\ufffd[2Jb c\ufffdd\ufffde f", PlainText.Of(hostile));
        var table = new TextTable("layer");
        table.Add(hostile);
        table.Write(ConsoleOf(80), TableBorder.Rounded);
        new ProgressLines(output).Started(hostile, hostile);
        Assert.DoesNotContain(output.ToString(), letter => char.IsControl(letter) && letter != '\n');
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
        ConsoleOf(80, isTerminal: true).Progress().Columns(ProgressBars.Columns(80)).Start(context =>
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

    private IAnsiConsole ConsoleOf(int width, bool isTerminal = false)
    {
        var console = AnsiConsole.Create(new()
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        (console.Profile.Width, console.Profile.Capabilities.Unicode) = (width, true);
        return console;
    }
}
