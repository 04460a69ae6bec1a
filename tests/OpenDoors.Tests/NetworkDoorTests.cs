using System.Text.Json.Serialization;
using DistillKit;
using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Edge;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Simulation;
using DistillKit.Runs.Benchmarks;
using DistillKit.Training;
using static TorchSharp.torch;

namespace OpenDoors.Tests;

/// <summary>A block of one's own: a residual depthwise convolution.</summary>
public sealed class DepthwiseBlock : nn.Module<Tensor, Tensor>, IDescribable
{
    private readonly ConvolutionNormActivation depthwise;

    public DepthwiseBlock(int channels) : base(nameof(DepthwiseBlock))
    {
        depthwise = new(channels, channels, kernel: 3, Activation.ReLU, groups: channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return (depthwise.call(input) + input).MoveToOuterDisposeScope();
    }

    public string Describe(GraphBuilder builder, string name, string input) =>
        builder.Add($"{name}.add", depthwise.Describe(builder, $"{name}.depthwise", input), input);
}

/// <summary>A network of one's own, described.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PlainSpec : ModelSpec
{
    public int Blocks { get; init; } = 2;

    public override void Validate()
    {
        base.Validate();
        Require(Blocks is >= 1 and <= 9, nameof(Blocks), "from 1 to 9", Blocks);
    }

    protected override ImageClassifier Create() => new PlainNetwork(this);
}

/// <summary>The network: blocks of the library's and of one's own.</summary>
public sealed class PlainNetwork(PlainSpec spec) : ImageClassifier(
    spec,
    new NetworkSection("stem", 16, new ConvolutionNormActivation(3, 16, kernel: 3, Activation.ReLU, stride: 2)),
    new NetworkSection("body", 16, new SequentialBlocks(Enumerable.Range(0, spec.Blocks).Select(_ => new DepthwiseBlock(16)))),
    new NetworkSection("tail", 32, new InvertedResidual(16, 32, stride: 2, expansion: 2, Activation.ReLU)),
    new NetworkSection("head", spec.Classes, new Classifier(32, spec.Classes)));

public sealed class NetworkDoorTests
{
    [Fact]
    public void A_network_of_ones_own_goes_all_the_way_to_Edge()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (teacher, student) = (new PlainSpec { Blocks = 3 }.Build(), new PlainSpec { Blocks = 1 }.Build());
        Assert.Equal(["stem", "body", "tail", "head"], student.Groups.Select(group => group.Name));
        ShapeTraining.Train(teacher, new SupervisedObjective(labelSmoothing: 0));
        var loss = new DistillationLoss(new DistillationRecipe(Terms: [new HintonTerm(), new HintTerm("body", "tail")]), student, teacher);
        ShapeTraining.Train(student, new DistillationObjective(new LiveTeacher([teacher]), loss));

        var images = ShapeTraining.Data.Validation;
        var folded = FoldBatchNorm.Apply(student.ToGraph(images.ImageSize));
        Assert.DoesNotContain(folded.Nodes, node => node is BatchNormalizationNode);
        var rounded = PostTrainingQuantization.Run(folded, new PostTrainingRecipe(), images);
        var path = Path.Combine(Directory.CreateTempSubdirectory("distillkit-test-").FullName, "plain.onnx");
        OnnxFile.Save(path, rounded);

        var simulated = Evaluator.Logits(new GraphModule(rounded), images).Logits;
        var set = SyntheticImages.Create(100, seed: 2);
        using var deployed = new Deployment(path, InferenceRuntime.Edge).Open();
        var onEdge = Evaluator.Logits(deployed, set, Normalization.Of(set));
        int[] Classes(float[] logits) => [.. logits.Chunk(10).Select(row => Array.IndexOf(row, row.Max()))];
        var same = Classes(simulated).Zip(Classes(onEdge)).Count(pair => pair.First == pair.Second);
        Assert.InRange(same, 97, 100);
        Assert.Equal(10, EdgeModel.Load(path).Classes);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void A_named_family_is_read_from_specs_and_model_files()
    {
        ModelSpec.Register<PlainSpec>("plain");
        var spec = ModelSpec.Parse("""{ "blocks": 3, "family": "plain", "classes": 7 }""");
        Assert.Equal(new PlainSpec { Blocks = 3, Classes = 7 }, spec);
        string Error(string json) => Assert.Throws<UserException>(() => ModelSpec.Parse(json)).Message;
        Assert.Contains("blocks must be from 1 to 9", Error("""{"family":"plain","blocks":0}"""));
        Assert.Contains("mobilenetv2, plain", Error("""{"family":"plane"}"""));

        using var scope = NewDisposeScope();
        var path = Path.Combine(Directory.CreateTempSubdirectory("distillkit-test-").FullName, "plain.safetensors");
        var network = spec.Build();
        ModelFile.Save(path, network, new() { Spec = spec });
        var (loaded, info) = ModelFile.Load(path);
        Assert.Equal(spec, info.Spec);
        Assert.True(network.state_dict()["stem.0.weight"].allclose(loaded.state_dict()["stem.0.weight"]));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
