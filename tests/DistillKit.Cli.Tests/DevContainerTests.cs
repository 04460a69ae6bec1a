using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DistillKit.Cli.Tests;

public partial class DevContainerTests
{
    private static readonly string Root = Checkout.Root;
    private static readonly string[] Variants = ["devcontainer.json", "gpu/devcontainer.json"];

    public static TheoryData<string> Files => [.. Variants];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_container_names_is_there(string file)
    {
        var container = Read(file);
        var folder = Path.GetDirectoryName(PathOf(file))!;
        Assert.True(File.Exists(Path.Combine(folder, (string)container["build"]!["dockerfile"]!)));
        Assert.Equal(Root, Path.GetFullPath(Path.Combine(folder, (string)container["build"]!["context"]!)).TrimEnd('/'));
        var opened = container["customizations"]!["codespaces"]!["openFiles"]!.AsArray();
        Assert.All(opened, open => Assert.True(File.Exists(Path.Combine(Root, (string)open!))));

        var commands = $"{container["updateContentCommand"]}; {container["postCreateCommand"]}";
        var verbs = Verb().Matches(commands).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(["data", "jupyter", "doctor"], verbs);
        Assert.All(verbs, verb => Assert.Contains($"\"{verb}\"", AllCommands()));
        Assert.DoesNotContain("||", commands);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Features_and_extensions_are_named_in_full(string file)
    {
        var container = Read(file);
        Assert.All(container["features"]?.AsObject() ?? [], feature => Assert.Matches(@":\d+\.\d+\.\d+$", feature.Key));
        var extensions = container["customizations"]!["vscode"]!["extensions"]!.AsArray();
        Assert.All(extensions, id => Assert.Matches(@"^[a-z-]+\.[a-z-]+$", (string)id!));
        Assert.Null(container["image"]);
    }

    [Fact]
    public void Images_and_tools_have_one_version()
    {
        var lines = File.ReadAllLines(PathOf("Dockerfile"));
        Assert.All(
            lines.Where(line => line.StartsWith("FROM ")),
            line => Assert.Matches(@"^FROM --platform=linux/amd64 \S+:\d+\.\d+\.\d+(-\S+)?$", line));
        Assert.All(lines.Where(line => line.StartsWith("ARG ")), line => Assert.Matches(@"^ARG \w+=\d+(\.\d+)+$", line));
        Assert.Equal(["jupyterlab==$JUPYTERLAB"], lines.SelectMany(line => Package().Matches(line)).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Without_the_kernel_there_is_no_image()
    {
        var lines = File.ReadAllLines(PathOf("Dockerfile"));
        Assert.Contains("COPY .config/dotnet-tools.json /tmp/checkout/.config/", lines);
        Assert.Contains("RUN cd /tmp/checkout && dotnet tool restore", lines);
        Assert.DoesNotContain(lines, line => line.Contains("||", StringComparison.Ordinal));
    }

    [Fact]
    public void JupyterLab_has_a_task_and_a_port()
    {
        var task = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, ".vscode", "tasks.json")))!["tasks"]!.AsArray().Single()!;
        var port = Read(Variants[0])["forwardPorts"]!.AsArray().Single()!.GetValue<int>();
        Assert.Contains($"--port={port}", task["args"]!.AsArray().Select(argument => (string)argument!));
    }

    [Fact]
    public void The_container_for_a_GPU_adds_to_the_other_only_what_differs()
    {
        JsonObject cpu = Read(Variants[0]), gpu = Read(Variants[1]);
        Assert.Equal("optional", (string)gpu["hostRequirements"]!["gpu"]!);
        Assert.Equal("cuda-linux", (string)gpu["containerEnv"]!["TorchSharpBackend"]!);
        Assert.Equal(Path.GetFullPath(PathOf("Dockerfile")), Path.GetFullPath(PathOf("gpu/" + (string)gpu["build"]!["dockerfile"]!)));
        foreach (var container in new[] { cpu, gpu })
            foreach (var name in new[] { "name", "build", "hostRequirements", "containerEnv" }) container.Remove(name);
        Assert.Equal(cpu.ToJsonString(), gpu.ToJsonString());
    }

    private static string PathOf(string file) => Path.Combine(Root, ".devcontainer", file);

    private static JsonObject Read(string file) =>
        JsonNode.Parse(File.ReadAllText(PathOf(file)), documentOptions: new() { CommentHandling = JsonCommentHandling.Skip })!.AsObject();

    private static string AllCommands() =>
        string.Concat(Directory.EnumerateFiles(Path.Combine(Root, "lib/DistillKit.Cli/Commands"), "*.cs").Select(File.ReadAllText));

    [GeneratedRegex(@"\./distillkit (\w+)")]
    private static partial Regex Verb();

    [GeneratedRegex(@"pip install --no-cache-dir (.+?)(?=;| \\| &&|$)")]
    private static partial Regex Package();
}
