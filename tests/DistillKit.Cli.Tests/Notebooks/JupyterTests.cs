using System.Text.Json.Nodes;

namespace DistillKit.Cli.Tests.Notebooks;

public sealed class JupyterTests : IDisposable
{
    private readonly NotebookFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(".net-csharp", "csharp")]
    [InlineData(".net-fsharp", "fsharp")]
    public async Task A_kernel_starts_from_any_folder_without_PATH_and_is_hidden_by_no_extension(string name, string language)
    {
        var outcome = await Cli.RunAsync("jupyter", "install", "--folder", folder["kernels"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains(name, outcome.Output);
        var spec = JsonNode.Parse(File.ReadAllText(folder[$"kernels/{name}/kernel.json"]))!;
        string[] argv = [.. spec["argv"]!.AsArray().Select(argument => (string)argument!)];
        Assert.All(argv[..2], path => Assert.True(Path.IsPathFullyQualified(path) && File.Exists(path), path));
        Assert.Equal(["jupyter", "--default-kernel", language, "--http-local-only", "{connection_file}"], argv[2..]);
        Assert.Empty(spec["metadata"]!.AsObject());
    }

    [Fact]
    public async Task Jupyter_says_where_its_kernels_are_kept()
    {
        var outcome = await Cli.RunAsync(("JUPYTER_DATA_DIR", folder["data"]), "jupyter", "install");
        Assert.Equal(0, outcome.ExitCode);
        Assert.True(File.Exists(folder["data/kernels/.net-csharp/kernel.json"]));
    }
}
