using System.Diagnostics;
using System.Text.Json;
using DistillKit.Data;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Runs.Profiles;
using static TorchSharp.torch;

namespace DistillKit.Cli.Tests;

/// <summary>The verbs that work on one network: quantize, sensitivity, export, benchmark with files.</summary>
public sealed class ModelVerbTests : IDisposable
{
    private static readonly ModelSpec Spec = new ResNetSpec { Blocks = [1], Width = 0.125 };

    private readonly RunFolder folder = new();
    private readonly string model;

    public ModelVerbTests()
    {
        model = folder["model.safetensors"];
        using var network = Spec.Build();
        ModelFile.Save(model, network, new() { Spec = Spec });
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Quantize_writes_a_smaller_file_that_the_other_verbs_take()
    {
        string[] rounding = ["--equalize", "--adaround", "--correct-bias", "--bits", "4"];
        var quantized = await Cli.RunAsync(["quantize", model, .. rounding, "--output", folder["int.onnx"], "--json", .. Images]);
        Assert.Equal(0, quantized.ExitCode);
        var result = JsonDocument.Parse(quantized.Output).RootElement;
        var isLossy = result.GetProperty("accuracy").GetDouble() < 0.95 * result.GetProperty("floatAccuracy").GetDouble();
        Assert.Equal(isLossy, quantized.Error.Contains("distillkit: WARNING: "));
        Assert.InRange(result.GetProperty("packedBytes").GetInt64(), 1, result.GetProperty("bytes").GetInt64());
        Assert.True(result.GetProperty("bytes").GetInt64() < result.GetProperty("floatBytes").GetInt64());

        var text = await Cli.RunAsync("export", folder["int.onnx"], "--output", folder["graph.txt"]);
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("weight s4 per channel", File.ReadAllText(folder["graph.txt"]));

        var speed = await Cli.RunAsync("benchmark", folder["int.onnx"], "--repeats", "3", "--json");
        Assert.Equal(0, speed.ExitCode);
        var rows = JsonDocument.Parse(speed.Output).RootElement.EnumerateArray();
        Assert.All(rows, row => Assert.True(row.GetProperty("latencyMilliseconds").GetDouble() > 0));

        var operators = await Cli.RunAsync("benchmark", folder["int.onnx"], "--operators", "--repeats", "3");
        Assert.Equal(0, operators.ExitCode);
        Assert.Contains("layer1.0.conv1", operators.Output);
    }

    [Fact]
    public async Task Sensitivity_lists_every_layer_and_a_plan_that_it_finds_can_be_carried_out()
    {
        var scan = await Cli.RunAsync(["sensitivity", model, "--bits", "2", "--json", .. Images]);
        Assert.Equal(0, scan.ExitCode);
        Assert.Equal(
            ["conv1", "layer1.0.conv1", "layer1.0.conv2", "fc"],
            JsonDocument.Parse(scan.Output).RootElement.EnumerateArray().Select(layer => layer.GetProperty("layer").GetString()));

        var search = await Cli.RunAsync(["sensitivity", model, "--budget", "5", "--plan-output", folder["plan.json"], .. Images]);
        Assert.Equal((0, true), (search.ExitCode, search.Output.Contains("plan.json")));
        var carriedOut = await Cli.RunAsync(["quantize", model, "--plan", folder["plan.json"], .. Images]);
        Assert.Equal((0, true), (carriedOut.ExitCode, File.Exists(folder["model.int8.onnx"])));
    }

    [Fact]
    public async Task Export_draws_a_network_and_refuses_to_overwrite_its_source()
    {
        Assert.Equal(0, (await Cli.RunAsync("export", model, "--output", folder["graph.mmd"])).ExitCode);
        Assert.StartsWith("flowchart TD", File.ReadAllText(folder["graph.mmd"]));
        Assert.Equal(0, (await Cli.RunAsync("export", model, "--output", folder["model.onnx"], "--profile", "smoke")).ExitCode);
        await Refused("written over itself", "export", folder["model.onnx"]);
        Assert.Contains("in float16", (await Cli.RunAsync("export", model, "--output", folder["half.safetensors"])).Output);
        Assert.Equal(0, (await Cli.RunAsync("export", folder["half.safetensors"], "--output", folder["half.txt"])).ExitCode);
        await Refused("is a folder: name a file in it", "export", model, "--output", folder[""]);
        await Refused("no trainable weights", "export", folder["model.onnx"], "--output", folder["again.safetensors"]);
        await Refused("No format ends in '.png'", "export", model, "--output", folder["graph.png"]);
    }

    [Theory]
    [InlineData("the same name")]
    [InlineData("a symbolic link")]
    [InlineData("a hard link")]
    [InlineData("a linked folder")]
    public async Task No_verb_writes_over_what_it_reads(string kind)
    {
        var before = File.ReadAllBytes(model);
        var output = kind == "the same name" ? model : folder["other/model.safetensors"];
        if (kind == "a linked folder") Directory.CreateSymbolicLink(folder["other"], folder[""]);
        else Directory.CreateDirectory(folder["other"]);
        if (kind == "a symbolic link") File.CreateSymbolicLink(output, model);
        if (kind == "a hard link") await Process.Start("ln", [model, output]).WaitForExitAsync();

        await Refused($"{model} would be written over itself", ["quantize", model, "--output", output, .. Images]);
        await Refused($"{model} would be written over itself", ["sensitivity", model, "--plan-output", output, .. Images]);
        await Refused($"{model} would be written over itself", "export", model, "--output", output);
        string[] overProfile = ["quantize", model, "--profile", folder.Profile, "--output", folder.Profile];
        await Refused($"{folder.Profile} would be written over itself", overProfile);
        Assert.Equal(before, File.ReadAllBytes(model));
    }

    [Fact]
    public async Task A_file_that_a_runtime_refuses_has_a_reason_and_the_others_have_figures()
    {
        File.WriteAllText(folder["foreign.onnx"], "not a model");
        Assert.Equal(0, (await Cli.RunAsync("export", model, "--profile", "smoke")).ExitCode);
        var both = await Cli.RunAsync("benchmark", folder["foreign.onnx"], folder["model.onnx"], "--repeats", "3", "--json");
        Assert.Equal(0, both.ExitCode);
        var rows = JsonDocument.Parse(both.Output).RootElement.EnumerateArray().ToLookup(row => row.GetProperty("file").GetString());
        Assert.All(rows[folder["foreign.onnx"]], row => Assert.NotEmpty(row.GetProperty("reason").GetString()!));
        Assert.All(rows[folder["model.onnx"]], row => Assert.True(row.GetProperty("latencyMilliseconds").GetDouble() > 0));

        var none = await Cli.RunAsync("benchmark", folder["foreign.onnx"], folder["missing.onnx"]);
        Assert.Equal(1, none.ExitCode);
        Assert.Equal(4, none.Table.Count(row => row[^1].Length > 0 && row[3] == ""));
    }

    [Fact]
    public async Task Every_verb_feeds_a_network_what_its_file_says()
    {
        var profile = Profile.Load(folder.Profile);
        var images = profile.Data.Load(null, profile.Seed);
        var own = new Normalization([0.2f, 0.3f, 0.4f], [0.5f, 0.6f, 0.7f]);
        using var network = Spec.Build();
        ModelFile.Save(model, network, new() { Spec = Spec, Input = new(own, images.Test.ClassNames) });
        using var onDevice = new DeviceImages(images.Test, CPU, own);
        var expected = Evaluator.Evaluate(network, onDevice, images.Test.ClassNames).CrossEntropy;

        Assert.Equal(0, (await Cli.RunAsync("export", model, "--output", folder["float.onnx"], "--profile", "standard")).ExitCode);
        Assert.Equal(0, (await Cli.RunAsync(["quantize", model, "--output", folder["int.onnx"], .. Tiny])).ExitCode);
        foreach (var file in (string[])["float.onnx", "int.onnx"])
            Assert.Equal(own.Mean, ModelInput.FromMetadata(OnnxFile.Load(folder[file]).Metadata, 10).Normalization!.Mean);
        foreach (var arguments in (string[][])[[model], [folder["float.onnx"]], [folder["float.onnx"], "--runtime", "OnnxRuntime"]])
        {
            var evaluated = await Cli.RunAsync(["evaluate", .. arguments, "--profile", folder.Profile, "--json"]);
            Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
            Assert.Equal(expected, JsonDocument.Parse(evaluated.Output).RootElement.GetProperty("crossEntropy").GetDouble(), 3);
        }

        ModelFile.Save(model, network, new() { Spec = Spec, Input = new(own, [.. Enumerable.Range(0, 10).Select(i => $"class {i}")]) });
        await Refused("tells class 0, class 1, class 2 ... apart, but the images are of", "evaluate", model, "--profile", folder.Profile);
        await Refused("tells class 0, class 1, class 2 ... apart, but the images are of", ["quantize", model, .. Tiny]);
        await Refused("tells class 0, class 1, class 2 ... apart, but the images are of", ["sensitivity", model, .. Tiny]);
    }

    [Fact]
    public async Task Where_Edge_refuses_a_file_the_other_runtime_is_named()
    {
        File.WriteAllText(folder["foreign.onnx"], "not a model");
        await Refused("--runtime OnnxRuntime", "evaluate", folder["foreign.onnx"], "--profile", folder.Profile);
    }

    [Fact]
    public async Task A_layer_and_a_file_with_brackets_are_shown_as_they_are()
    {
        File.Copy(model, folder["model[1].safetensors"]);
        string[] arguments = ["export", folder["model[1].safetensors"], "--output", folder["[bold].onnx"], "--profile", folder.Profile];
        Assert.Equal(0, (await Cli.RunAsync(arguments)).ExitCode);
        using var cli = Cli.OnTerminal(60, ["sensitivity", folder["[bold].onnx"], .. Tiny]);
        var scan = await cli.ExitAsync();
        Assert.True(scan.ExitCode == 0, scan.Output);
        Assert.Contains("[bold].onnx", scan.Output);
    }

    [Fact]
    public async Task Networks_whose_names_have_no_ending_of_ours_do_not_share_an_output()
    {
        foreach (var name in (string[])["model.best", "model.last"])
        {
            File.Copy(model, folder[name]);
            Assert.Equal(0, (await Cli.RunAsync("export", folder[name])).ExitCode);
            Assert.True(File.Exists(folder[$"{name}.onnx"]));
        }
    }

    [Fact]
    public async Task Mistakes_are_one_line()
    {
        File.WriteAllText(folder["plan.json"], """{ "layers": { "layer9": { "strategy": "Float" } } }""");
        await Refused("a layer 'layer9' that the network does not have", ["quantize", model, "--plan", folder["plan.json"], .. Images]);
        await Refused("ranges cannot be found without any", "quantize", model, "--calibration", "0", "--profile", "smoke");
        await Refused("bits must be 2 to 8", ["quantize", model, "--bits", "9", .. Images]);
        File.WriteAllText(folder["foreign.onnx"], "not a model");
        await Refused("foreign.onnx", ["quantize", folder["foreign.onnx"], .. Images]);
    }

    private string[] Tiny => ["--profile", folder.Profile, "--calibration", "20", "--validation", "20", "--threads", "1"];

    private string[] Images => ["--profile", "smoke", "--calibration", "20", "--validation", "40", "--threads", "1"];

    private static async Task Refused(string reason, params string[] arguments)
    {
        var outcome = await Cli.RunAsync(arguments);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(reason, outcome.Error);
        Assert.Single(outcome.Error.Trim().Split('\n'));
    }
}
