using DistillKit.Edge.Tests.Models;
using EdgeClassify;
using Google.Protobuf;

namespace DistillKit.Edge.Tests.Sample;

public sealed class ClassifyTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edge-classify-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>A model whose logits are the three channels' means: the colour of the image.</summary>
    internal static byte[] ColourModel(string classes = "red, green, blue")
    {
        var builder = new ModelBuilder(3, 4, 4);
        var mean = builder.Node("Flatten", "flat", [builder.Node("GlobalAveragePool", "mean", ["images"])]);
        var weights = builder.Constant("w", [4f, 0, 0, 0, 4f, 0, 0, 0, 4f], 3, 3);
        var logits = builder.Node("Gemm", "logits", [mean, weights, builder.Constant("b", new float[3], 3)], ("transB", 1));
        return builder.Build(logits, 3, ("mean", "0.5, 0.5,0.5"), ("deviation", "0.25,0.25, 0.25"), ("classes", classes)).ToByteArray();
    }

    internal static byte[] GreenImage() =>
        PngFile.Write(9, 6, 2, [.. Enumerable.Range(0, 9 * 6 * 3).Select(i => (byte)(i % 3 == 1 ? 255 : 0))]);

    [Fact]
    public void An_image_file_is_classified()
    {
        var output = Run(ColourModel(), "--top", "2", "--repeat", "3", "--memory");
        Assert.Matches(@"^100\.0 %  green\n  0\.0 %  (red|blue)\nlatency \d+\.\d{3} ms \(median of 3, best \d+\.\d{3}\), \S+, 1 thread\n"
            + @"peak memory \d+\.\d MiB\n$", output);
    }

    [Fact]
    public void Classes_without_a_name_have_a_number() => Assert.Contains("class 1", Run(ColourModel("red"), "--repeat", "1"));

    [Fact]
    public void Names_from_the_file_move_no_cursor() =>
        Assert.Contains("?[2Jred?", Run(ColourModel("\u001b[2Jred\u202e, a"), "--top", "3"));

    [Fact]
    public void Metadata_that_is_no_numbers_is_refused()
    {
        var builder = new ModelBuilder(3, 1, 1);
        var file = builder.Build(builder.Node("Flatten", "flat", ["images"]), 3, ("mean", "0.5,none,0.5")).ToByteArray();
        Assert.Contains("three numbers", Assert.Throws<EdgeException>(() => Run(file)).Message);
    }

    [Fact]
    public void A_model_of_grey_images_is_refused()
    {
        var builder = new ModelBuilder(1, 1, 1);
        Assert.Contains("1 channels",
            Assert.Throws<EdgeException>(() => Run(builder.Build(builder.Node("Flatten", "flat", ["images"]), 1).ToByteArray())).Message);
    }

    [Theory, InlineData("model.onnx"), InlineData("a", "b", "c"), InlineData("a", "b", "--top"), InlineData("a", "b", "--top", "0"),
        InlineData("a", "b", "--what")]
    public void A_command_line_that_makes_no_sense_is_refused(params string[] arguments) =>
        Assert.Throws<UsageException>(() => Arguments.Parse(arguments));

    private string Run(byte[] model, params string[] options)
    {
        var (modelPath, imagePath) = (Path.Combine(folder.FullName, "model.onnx"), Path.Combine(folder.FullName, "image.png"));
        File.WriteAllBytes(modelPath, model);
        File.WriteAllBytes(imagePath, GreenImage());
        var output = new StringWriter { NewLine = "\n" };
        Classify.Run(Arguments.Parse([modelPath, imagePath, .. options]), output);
        return output.ToString();
    }
}
