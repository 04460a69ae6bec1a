using DistillKit.Cli.Notebooks;

namespace DistillKit.Cli.Tests.Notebooks;

public sealed class CellOutputsTests
{
    private readonly CellOutputs outputs = new();

    [Theory]
    [InlineData("1 %\r50 %\r100 %\n", "100 %\n")]
    [InlineData("abc\rX\n", "Xbc\n")]
    [InlineData("a\r\nb", "a\nb")]
    [InlineData("first\nsecond\rthird\n", "first\nthirdd\n")]
    public void A_carriage_return_overwrites_its_line(string written, string seen)
    {
        outputs.Begin();
        foreach (var letter in written) outputs.Add(Event("StandardOutputValueProduced", letter.ToString()));
        Assert.Equal(seen, (string)Assert.Single(outputs.ToJson()[0])!["text"]!);
    }

    [Fact]
    public void An_update_changes_an_earlier_cell()
    {
        outputs.Begin();
        outputs.Add(Event("DisplayedValueProduced", "old", "id"));
        outputs.Begin();
        outputs.Add(Event("DisplayedValueUpdated", "new", "id"));
        var cells = outputs.ToJson();
        Assert.Equal("new", (string)Assert.Single(cells[0])!["data"]!["text/plain"]!);
        Assert.Empty(cells[1]);
    }

    [Fact]
    public void An_error_has_its_message_and_all_of_its_lines()
    {
        outputs.Begin();
        outputs.Fail("System.Exception: a\n   at b");
        var error = Assert.Single(outputs.ToJson()[0])!;
        Assert.Equal(("System.Exception: a", 2), ((string)error["evalue"]!, error["traceback"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("{\"event\":")]
    [InlineData("{\"event\":{}}")]
    [InlineData("{\"event\":null,\"eventType\":\"KernelReady\"}")]
    public void What_is_no_event_of_the_kernel_is_taken_for_text(string line) => Assert.Null(KernelEvent.Parse(line));

    private static KernelEvent Event(string type, string text, string? id = null) =>
        new(type, new([new("text/plain", text)], id, null, null), null);
}
