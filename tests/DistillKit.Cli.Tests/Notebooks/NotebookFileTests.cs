using System.Text.Json.Nodes;
using DistillKit.Cli.Notebooks;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Cli.Tests.Notebooks;

public sealed class NotebookFileTests
{
    [Theory]
    [InlineData("", "is no notebook")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{\"cells\": []}", "no nbformat")]
    [InlineData("{\"nbformat\": 3, \"cells\": []}", "nbformat 3")]
    [InlineData("{\"nbformat\": 4}", "no cells")]
    [InlineData("{\"nbformat\": 4, \"cells\": [1]}", "cell 1 is no object")]
    [InlineData("{\"nbformat\": 4, \"cells\": [{}]}", "cell 1 has no cell_type")]
    [InlineData("{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": 5}]}", "source of cell 1")]
    [InlineData("{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": \"\", \"outputs\": {}}]}", "outputs of cell 1")]
    [InlineData("{\"nbformat\": 4, \"nbformat\": 4, \"cells\": []}", "is no notebook")]
    [InlineData("{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"co", "is no notebook")]
    [InlineData("{\"nbformat\": 4, \"cells\": [], \"metadata\": 1}", "metadata is no object")]
    [InlineData("{\"nbformat\": 4, \"cells\": [], \"metadata\": {\"title\": \"\\udffd\"}}", "invalid UTF-16")]
    [InlineData("{\"nbformat\": 4, \"cells\": [], \"metadata\": {\"a\": 1, \"a\": 2}}", "is no notebook")]
    public void A_damaged_file_is_refused_with_the_reason(string json, string reason)
    {
        var error = Assert.Throws<UserException>(() => NotebookFile.Parse(json, "bad.ipynb"));
        Assert.Contains("bad.ipynb", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Any_cut_of_a_notebook_is_refused_without_another_exception()
    {
        var json = NotebookFile.Parse(NotebookFolder.Json("1", new("x", Type: "markdown")), "x").ToJson();
        for (var length = 0; length < json.Length - 2; length++)
            Assert.Throws<UserException>(() => NotebookFile.Parse(json[..length], "x"));
    }

    [Fact]
    public void Writing_what_was_read_gives_the_same_bytes()
    {
        Prop.ForAll(Notebooks().ToArbitrary(), json =>
        {
            var once = NotebookFile.Parse(json.ToJsonString(), "x").ToJson();
            return NotebookFile.Parse(once, "x").ToJson() == once && once.EndsWith("}\n") && !once.Contains('\r');
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_the_runner_does_not_know_is_kept()
    {
        Prop.ForAll(Notebooks().ToArbitrary(), json =>
        {
            var written = JsonNode.Parse(NotebookFile.Parse(json.ToJsonString(), "x").ToJson())!;
            return JsonNode.DeepEquals(json, written);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Text_of_other_scripts_is_written_as_it_is()
    {
        var json = NotebookFile.Parse(NotebookFolder.Json("\"α → ü <b>&'\""), "x").ToJson();
        Assert.Contains("α → ü <b>&'", json);
    }

    [Theory]
    [InlineData("fsharp", null, "{\"kernelspec\": {\"name\": \".net-fsharp\"}}", "{}")]
    [InlineData("csharp", "fsharp", "{\"kernelspec\": {}}", "{\"polyglot_notebook\": {\"kernelName\": \"fsharp\"}}")]
    [InlineData("csharp", null, "{}", "{\"polyglot_notebook\": []}")]
    public void Languages_are_found_in_the_metadata(string ofNotebook, string? ofCell, string notebookMetadata, string cellMetadata)
    {
        var cell = $"{{\"cell_type\": \"code\", \"source\": [\"1\\n\", \"2\"], \"metadata\": {cellMetadata}}}";
        var notebook = NotebookFile.Parse($"{{\"nbformat\": 4, \"cells\": [{cell}], \"metadata\": {notebookMetadata}}}", "x");
        Assert.Equal((ofNotebook, ofCell, "1\n2"), (notebook.Language, notebook.Cells[0].Language, notebook.Cells[0].Source));
    }

    [Fact]
    public void Staleness_is_seen_when_code_or_outputs_change()
    {
        var notebook = NotebookFile.Parse(NotebookFolder.Json("1", new("text", Type: "markdown")), "x");
        Assert.Contains("not been executed", notebook.FindStaleness());
        notebook.Cells[0].SetResult(1, [new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "out" }]);
        notebook.MarkExecuted("smoke");
        var executed = notebook.ToJson();

        Assert.Null(Staleness(executed));
        Assert.Null(Staleness(executed.Replace("\"text\",", "\"another text\",")));
        Assert.Contains("code has changed", Staleness(executed.Replace("\"source\": \"1\"", "\"source\": \"2\"")));
        Assert.Contains("outputs are not", Staleness(executed.Replace("\"out\"", "\"other\"")));

        static string? Staleness(string json) => NotebookFile.Parse(json, "x").FindStaleness();
    }

    [Fact]
    public void Writing_keeps_a_symbolic_link_and_the_files_mode()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new NotebookFolder();
        var file = folder.Write("real/1.ipynb", "1");
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(file, mode);
        File.CreateSymbolicLink(folder["link.ipynb"], "real/1.ipynb");

        NotebookFile.Load(folder["link.ipynb"]).Save(folder["link.ipynb"]);

        Assert.Equal("real/1.ipynb", new FileInfo(folder["link.ipynb"]).LinkTarget);
        Assert.Equal(mode, File.GetUnixFileMode(file));
        Assert.EndsWith("}\n", File.ReadAllText(file));
        Assert.Single(Directory.GetFiles(folder["real"]));
    }

    [Fact]
    public void Paths_are_the_same_on_every_machine() =>
        Assert.Equal("data of .\n", new OutputFilter("/some/checkout").Apply("/some/checkout/data of /some/checkout\r\n"));

    private static Gen<JsonObject> Notebooks() =>
        from cells in Cells().ListOf()
        from title in Texts()
        select new JsonObject
        {
            ["cells"] = new JsonArray([.. cells]),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
            ["metadata"] = new JsonObject { ["title"] = title, ["kernelspec"] = new JsonObject { ["name"] = ".net-csharp" } },
        };

    private static Gen<JsonNode> Cells() =>
        from type in Gen.Elements("code", "markdown", "raw")
        from source in Texts()
        from inLines in Gen.Elements(true, false)
        from tag in Texts()
        select Cell(type, source, inLines, tag);

    private static JsonNode Cell(string type, string source, bool inLines, string tag)
    {
        var cell = new JsonObject
        {
            ["cell_type"] = type,
            ["metadata"] = new JsonObject { ["tags"] = new JsonArray(tag), ["deep"] = new JsonObject { ["z"] = 1, ["a"] = 1.50 } },
            ["source"] = inLines ? new JsonArray([.. source.Split('\n').Select(line => JsonValue.Create(line + "\n"))]) : source,
        };
        if (type == "code")
        {
            cell["execution_count"] = 3;
            cell["outputs"] = new JsonArray(new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = source });
        }
        return cell;
    }

    private static Gen<string> Texts() =>
        Gen.Elements("", "x", "var a = 1;\na", "ünï → 🙂", "\"quoted\\\"", "<b>&amp;</b>", "\t\u0001\u2028", "a\n\n");
}
