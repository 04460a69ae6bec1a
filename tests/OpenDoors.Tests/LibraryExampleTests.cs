using System.Runtime.CompilerServices;
using DistillKit.Data;
using DistillKit.Edge;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Networks;
using DistillKit.Quantization.PostTraining;
using static TorchSharp.torch;

namespace OpenDoors.Tests;

public sealed class LibraryExampleTests
{
    /// <summary>The example of lib/DistillKit/README.md, with the paths of a test.</summary>
    [Fact]
    public void The_example_of_the_library_runs()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(Directory.CreateTempSubdirectory("distillkit-test-").FullName, "student.onnx");
        using var calibrationImages = new DeviceImages(SyntheticImages.Create(16, seed: 1), CPU);
        var images = calibrationImages.Take([0, 1]).Images;
        var (pixels, scores) = (images.contiguous().data<float>().ToArray(), new float[20]);

        var trained = new MobileNetV2Spec { Width = 0.5 };
        using (var network = trained.Build()) ModelFile.Save(Path.ChangeExtension(path, "safetensors"), network, new() { Spec = trained });

        ImageClassifier student = ModelFile.Load(Path.ChangeExtension(path, "safetensors")).Model;
        var (logits, features) = student.ForwardWithFeatures(images, ["features.3"]);

        Graph graph = FoldBatchNorm.Apply(student.ToGraph(imageSize: 32));
        Graph rounded = PostTrainingQuantization.Run(graph, new() { CorrectBias = true }, calibrationImages);
        OnnxFile.Save(path, rounded);

        using var edge = EdgeModel.Load(path);
        edge.Run(pixels, scores);
        Assert.Equal([2, 10], logits.shape);
        Assert.Single(features);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void It_is_the_code_that_the_page_shows()
    {
        var test = File.ReadAllText(ThisFile());
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../lib/DistillKit/README.md"));
        var example = page.Split("```csharp\n")[1].Split("\n```")[0].Split('\n').Select(line => line.Split("//")[0].Trim());
        var shared = example.Where(line => !line.Contains("\"student.onnx\"") && !line.Contains("artifacts/"));
        Assert.All(shared, line => Assert.Contains(line, test));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
