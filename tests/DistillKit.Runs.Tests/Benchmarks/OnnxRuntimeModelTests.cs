using System.Text;
using DistillKit.Runs.Benchmarks;

namespace DistillKit.Runs.Tests.Benchmarks;

public sealed class OnnxRuntimeModelTests
{
    /// <summary>A test that is skipped on a machine without ONNX Runtime's library.</summary>
    private sealed class RuntimeFactAttribute : FactAttribute
    {
        public RuntimeFactAttribute() => Skip = OnnxRuntimeModel.RuntimeDefect;
    }

    /// <summary>A model of tests/Microsoft.ML.OnnxRuntime.Tests/Models/make.py.</summary>
    private static string Model(string name) => Path.Combine(AppContext.BaseDirectory, "Models", name + ".onnx");

    [RuntimeFact]
    public void Any_number_of_images_is_classified()
    {
        using var model = OnnxRuntimeModel.Load(Model("classifier"), threads: 2);
        Assert.Equal([3, 2, 2], model.InputShape);
        Assert.Equal(4, model.Classes);
        foreach (var count in new[] { 1, 3, 3, 1 })
        {
            var logits = new float[count * 4];
            model.Run(new float[count * 12], logits);
            Assert.Equal(Enumerable.Repeat(new float[] { 0, 1, 2, 3 }, count).SelectMany(bias => bias), logits);
        }
        var ones = new float[4];
        model.Run(Enumerable.Repeat(1f, 12).ToArray(), ones);
        Assert.Equal([1 - 1 - 2, 1 + (1 + 2 - 1), 2 + (2 + 1 + 3), 3 + (3 + 2 + 1)], ones);
    }

    [RuntimeFact]
    public void Images_and_logits_have_to_fit()
    {
        using var model = OnnxRuntimeModel.Load(Model("classifier"));
        Assert.Throws<ArgumentException>(() => model.Run([], []));
        Assert.Throws<ArgumentException>(() => model.Run(new float[13], new float[4]));
        Assert.Throws<ArgumentException>(() => model.Run(new float[12], new float[8]));
    }

    [RuntimeFact]
    public void Files_that_are_no_classifier_are_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var (truncated, foreign) = (folder["truncated.onnx"], folder["foreign.onnx"]);
        File.WriteAllBytes(truncated, File.ReadAllBytes(Model("classifier"))[..^9]);
        File.WriteAllText(foreign, "not a model");
        Assert.All(
            [truncated, foreign, Model("three-outputs"), folder["none.onnx"]],
            path =>
            {
                var message = Assert.Throws<UserException>(() => OnnxRuntimeModel.Load(path)).Message;
                Assert.Contains(path, message);
                Assert.DoesNotContain('\n', message);
            });
    }

    [RuntimeFact]
    public void A_model_of_one_image_classifies_several_one_by_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["one.onnx"], WithBatch(1));
        using var model = OnnxRuntimeModel.Load(folder["one.onnx"]);
        float[] images = [.. Enumerable.Repeat(1f, 12), .. new float[12]], logits = new float[8];
        model.Run(images, logits);
        Assert.Equal([-2, 3, 8, 9, 0, 1, 2, 3], logits);
        File.WriteAllBytes(folder["two.onnx"], WithBatch(2));
        var refusal = Assert.Throws<UserException>(() => OnnxRuntimeModel.Load(folder["two.onnx"])).Message;
        Assert.Contains("with a batch of any size or of 1", refusal);
    }

    /// <summary>The classifier with a number, as a long varint, in place of the batch's name in its shapes.</summary>
    private static byte[] WithBatch(byte batch)
    {
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(Model("classifier")));
        var (name, number) = ("\u0012\u0005batch", Encoding.Latin1.GetString([0x08, (byte)(0x80 | batch), 0x80, 0x80, 0x80, 0x80, 0x00]));
        Assert.Contains(name, text);
        return Encoding.Latin1.GetBytes(text.Replace(name, number));
    }

    [RuntimeFact]
    public void At_least_one_thread_is_needed() =>
        Assert.Throws<UserException>(() => OnnxRuntimeModel.Load(Model("classifier"), threads: 0));

    [Fact]
    public void The_runtime_is_there_or_says_why_not() =>
        Assert.NotEqual(OnnxRuntimeModel.RuntimeVersion is null, OnnxRuntimeModel.RuntimeDefect is null);
}
