using System.Text.Json.Nodes;
using DistillKit.Host.Execution;
using DistillKit.Host.Files;
using DistillKit.Host.Outputs;
using Microsoft.DotNet.Interactive.Formatting;

// Cells write to the process's console, and run in its current folder.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace DistillKit.Host.Tests;

/// <summary>A notebook in a folder of its own, made of cells, and what its execution came to.</summary>
internal sealed class Bench : IDisposable
{
    public const string CSharp = "csharp";
    public const string FSharp = "fsharp";

    public Bench(params (string Language, string Source)[] cells)
    {
        Folder = Directory.CreateTempSubdirectory("distillkit-host-").FullName;
        File.WriteAllText(Path, Json(cells).ToJsonString());
    }

    public string Folder { get; }

    public string Path => System.IO.Path.Combine(Folder, "test.ipynb");

    public List<string> Live { get; } = [];

    public static JsonObject Json(params (string Language, string Source)[] cells) => new()
    {
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
        ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["name"] = ".net-csharp" } },
        ["cells"] = new JsonArray([.. cells.Select(cell => cell.Language == "markdown"
            ? (JsonNode)new JsonObject { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = cell.Source }
            : new JsonObject
            {
                ["cell_type"] = "code", ["metadata"] = new JsonObject { ["polyglot_notebook"] = new JsonObject { ["kernelName"] = cell.Language } },
                ["source"] = cell.Source, ["outputs"] = new JsonArray(), ["execution_count"] = null,
            })]),
    };

    public async Task<(RunResult Result, NotebookFile Notebook)> RunAsync(double seconds = 120, CancellationToken cancellation = default, double grace = 10)
    {
        var notebook = NotebookFile.Load(Path);
        var run = new NotebookRun(notebook, Folder, new Observer(Live)) { Grace = TimeSpan.FromSeconds(grace) };
        return (await run.ExecuteAsync(TimeSpan.FromSeconds(seconds), cancellation), notebook);
    }

    /// <summary>Runs C# cells that must succeed, and gives the outputs of each.</summary>
    public static Task<IReadOnlyList<Output[]>> OutputsAsync(params string[] cells) => OutputsAsync([.. cells.Select(cell => (CSharp, cell))]);

    public static async Task<IReadOnlyList<Output[]>> OutputsAsync(params (string, string)[] cells)
    {
        using var bench = new Bench(cells);
        var (result, notebook) = await bench.RunAsync();
        Assert.True(result.End == RunEnd.Completed, result.Error);
        return [.. notebook.CodeCells.Select(cell => cell.Outputs.Select(output => new Output((JsonObject)output!)).ToArray())];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private sealed class Observer(List<string> live) : IOutputObserver
    {
        public void Streamed(bool isError, string text) => live.Add(text);

        public void Displayed(IReadOnlyList<FormattedValue> values, bool isUpdate) => live.Add($"{(isUpdate ? "updated" : "displayed")} {values[0].MimeType}");
    }
}

/// <summary>An output of a cell.</summary>
internal sealed record Output(JsonObject Node)
{
    public string Type => (string)Node["output_type"]!;

    public string Text => Joined(Node["text"]);

    public string Error => (string)Node["evalue"]!;

    public string[] Traceback => [.. ((JsonArray)Node["traceback"]!).Select(line => (string)line!)];

    public IEnumerable<string> MimeTypes => ((JsonObject)Node["data"]!).Select(pair => pair.Key);

    public string this[string mimeType] => Joined(Node["data"]![mimeType]);

    private static string Joined(JsonNode? lines) => lines is JsonArray list ? string.Concat(list.Select(line => (string?)line)) : (string)lines!;
}
