using DistillKit.Files;
using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Cli.Tests;

/// <summary>What a person can get wrong: one line on standard error that says what to do, and no stack trace.</summary>
public sealed class MistakeTests : IDisposable
{
    private static readonly ModelSpec Spec = new ResNetSpec { Blocks = [1], Width = 0.125 };

    private readonly RunFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, "There is no profile 'slow': take one of smoke, quick, standard, full", "run", "--profile", "slow")]
    [InlineData(
        1, "There is no stage 'tea': the stages are data, teacher, baseline, distill, ptq, qat, export",
        "run", "--profile", "smoke", "--stage", "tea")]
    [InlineData(1, "--threads must be at least 1", "run", "--profile", "smoke", "--threads", "0")]
    [InlineData(1, "--device must be cpu or cuda, not 'tpu'", "run", "--profile", "smoke", "--device", "tpu")]
    [InlineData(1, "no-such-file", "evaluate", "no-such-file")]
    [InlineData(2, "argument missing", "evaluate")]
    [InlineData(2, "'--profil'", "run", "--profil", "smoke")]
    [InlineData(2, "--seed", "run", "--seed", "many")]
    public async Task Bad_arguments(int exitCode, string reason, params string[] arguments) => await Refused(exitCode, reason, arguments);

    [Fact]
    public async Task A_typo_in_a_profile()
    {
        File.WriteAllText(folder.Profile, File.ReadAllText(folder.Profile).Replace("\"batchSize\"", "\"batchSise\""));
        await Refused(1, "'batchSise'", folder.Run("run"));
    }

    [Fact]
    public async Task A_data_folder_that_is_not_there() => await Refused(
        1, folder["nowhere"], ["run", "--profile", "quick", "--data", folder["data"], "--output", folder["run"]],
        ("DISTILLKIT_DATA", folder["nowhere"]));

    [Fact]
    public async Task A_data_folder_that_is_a_file()
    {
        File.WriteAllText(folder["file"], "");
        await Refused(
            1, $"Cannot keep CIFAR-10 in {folder["file"]}",
            "run", "--profile", "quick", "--data", folder["file"], "--output", folder["run"]);
    }

    [Fact]
    public async Task Evaluating_without_the_data()
    {
        using var model = Spec.Build();
        ModelFile.Save(folder["model"], model, new() { Spec = Spec });
        await Refused(1, folder["nowhere"], "evaluate", folder["model"], "--data", folder["nowhere"]);
    }

    [Fact]
    public async Task A_model_file_that_was_cut_off()
    {
        using var model = Spec.Build();
        ModelFile.Save(folder["model"], model, new() { Spec = Spec });
        File.WriteAllBytes(folder["model"], File.ReadAllBytes(folder["model"])[..5000]);
        await Refused(1, "is not a readable safetensors file", "evaluate", folder["model"]);
    }

    [Fact]
    public async Task A_model_file_of_another_architecture_than_it_says()
    {
        using var model = Spec.Build();
        var other = new MobileNetV2Spec { Width = 0.25 };
        Safetensors.Save(folder["model"], model.state_dict(), new Dictionary<string, string> { ["spec"] = other.ToJson() });
        await Refused(1, "does not fit the network", "evaluate", folder["model"]);
    }

    [Fact]
    public async Task A_model_file_of_another_program()
    {
        using var weight = zeros(2);
        Safetensors.Save(folder["model"], new Dictionary<string, Tensor> { ["weight"] = weight });
        await Refused(1, "does not say which network it holds", "evaluate", folder["model"]);
    }

    [Theory]
    [InlineData("not a model, but a text")]
    [InlineData("")]
    public async Task A_file_that_is_no_model(string text)
    {
        File.WriteAllText(folder["model"], text);
        await Refused(1, "is not a readable safetensors file", "evaluate", folder["model"]);
    }

    [Fact]
    public async Task Results_in_a_place_that_is_a_file()
    {
        File.WriteAllText(folder["file"], "");
        await Refused(1, "for results", folder.Run("file"));
    }

    private static Task Refused(int exitCode, string reason, params string[] arguments) => Refused(exitCode, reason, arguments, null);

    private static async Task Refused(int exitCode, string reason, string[] arguments, (string, string)? variable)
    {
        var outcome = await Cli.RunAsync(variable, arguments);
        var lines = outcome.Error.TrimEnd().Split('\n');
        Assert.True(lines.Length == 1 && lines[0].StartsWith("distillkit: ") && lines[0].Contains(reason), outcome.Error);
        Assert.Equal(exitCode, outcome.ExitCode);
    }
}
