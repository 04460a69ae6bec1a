using DistillKit.Host.Execution;

namespace DistillKit.Host.Tests;

public sealed class MagicTests
{
    [Fact]
    public async Task One_cell_may_change_its_language()
    {
        var cells = await Bench.OutputsAsync("Console.Write(1);\n#!fsharp\nprintf \"%d\" 2\n#!html\n<b>3</b>\n#!markdown\n# 4\n#!csharp\nConsole.Write(5);");

        Assert.Equal(["stream", "display_data", "display_data", "stream"], cells[0].Select(output => output.Type));
        Assert.Equal("12", cells[0][0].Text);
        Assert.Equal("<b>3</b>", cells[0][1]["text/html"].Trim());
        Assert.Equal("# 4", cells[0][2]["text/markdown"].Trim());
    }

    [Fact]
    public async Task Values_are_shared_both_ways_with_their_types()
    {
        var cells = await Bench.OutputsAsync(
            (Bench.CSharp, "var numbers = new[] { 1, 2, 3 };\nvar map = new Dictionary<string, List<double>> { [\"a\"] = new() { 0.5 } };"),
            (Bench.FSharp, "#!share --from csharp numbers\n#!share --from csharp map --as table\nlet total = Array.sum numbers\nlet text = sprintf \"%s %g\" (Seq.head table.Keys) (table[\"a\"][0])"),
            (Bench.CSharp, "#!share --from fsharp total\n#!share --from fsharp --name text\nint exact = total;\nConsole.Write($\"{exact} {text.ToUpperInvariant()}\");"));
        Assert.Equal("6 A 0.5", cells[2][0].Text);
    }

    [Fact]
    public async Task Share_hands_over_the_same_object_and_set_a_copy_unless_by_reference()
    {
        var cells = await Bench.OutputsAsync(
            (Bench.CSharp, "var list = new List<int> { 1 };"),
            (Bench.FSharp, "#!share --from csharp list\nlist.Add 2\n#!set --name other --value @csharp:list --byref\nother.Add 3\n#!set --name copy --value @csharp:list\nprintf \"%s %d\" (copy.GetType().Name) (copy.RootElement.GetArrayLength())"),
            (Bench.CSharp, "Console.Write(list.Count);\n#!set --name plain --value hello\n#!set --name quoted --value \"two words\"\nConsole.Write(plain + quoted);"));
        Assert.Equal("JsonDocument 3", cells[1][0].Text);
        Assert.Equal("3hellotwo words", cells[2][0].Text);
    }

    [Fact]
    public async Task Who_lists_variables_and_time_says_how_long()
    {
        var cells = await Bench.OutputsAsync("var first = 1; var second = \"<x>\";", "#!who", "#!whos", "#!time\nvar third = 3;");

        Assert.Contains("first", cells[1][0]["text/html"]);
        Assert.DoesNotContain("&lt;x&gt;", cells[1][0]["text/html"]);
        Assert.Contains("&lt;x&gt;", cells[2][0]["text/html"]);
        Assert.Matches(@"^Wall time: [0-9.]+ms$", cells[3][0]["text/plain"]);
    }

    [Theory]
    [InlineData("#!nonsense", "no magic command #!nonsense")]
    [InlineData("#!share --from fsharp missing", "'missing' not found in kernel fsharp")]
    [InlineData("#!share --from python x", "no kernel 'python'")]
    [InlineData("#!share x", "--from is missing")]
    [InlineData("#!set --name x", "--value is missing")]
    [InlineData("#!set --name x --value", "--value needs a value")]
    [InlineData("#!set --name x --value @fsharp", "not @LANGUAGE:NAME")]
    public async Task A_wrong_command_fails_its_cell_with_the_reason(string command, string reason)
    {
        using var bench = new Bench((Bench.CSharp, "var a = 1;\n" + command));
        var (result, _) = await bench.RunAsync();

        Assert.Equal(RunEnd.Failed, result.End);
        Assert.Contains("cell 1, line 2", result.Error);
        Assert.Contains(reason, result.Error);
    }
}
