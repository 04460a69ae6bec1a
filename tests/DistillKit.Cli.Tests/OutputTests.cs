namespace DistillKit.Cli.Tests;

public sealed class OutputTests : IDisposable
{
    private readonly RunFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Two_files_of_one_name_do_not_share_a_folder_of_results()
    {
        Directory.CreateDirectory(folder["other"]);
        File.Copy(folder.Profile, folder["other/tiny.json"]);
        Assert.Equal(folder["asked"], Outputs.Folder(folder["asked"], folder["tiny"], folder.Profile));
        for (var time = 0; time < 2; time++) Assert.Equal(folder["tiny"], Outputs.Folder(null, folder["tiny"], folder.Profile));
        var error = Assert.Throws<UserException>(() => Outputs.Folder(null, folder["tiny"], folder["other/tiny.json"]));
        Assert.Contains($"has the results of {folder.Profile}, which has the same name", error.Message);
        Assert.Throws<UserException>(() => Outputs.Folder(null, folder["tiny"], "tiny"));

        // One that was moved goes on.
        File.Delete(folder.Profile);
        Assert.Equal(folder["tiny"], Outputs.Folder(null, folder["tiny"], folder["other/tiny.json"]));
    }

    [Theory]
    [InlineData("a.safetensors", "a.onnx")]
    [InlineData("a.v2.ONNX", "a.v2.onnx")]
    [InlineData("model.best", "model.best.onnx")]
    public void An_output_has_the_name_of_its_input(string input, string output) =>
        Assert.Equal(output, Outputs.Of(null, input, ".onnx"));
}
