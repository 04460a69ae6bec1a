using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Networks;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Distillation;

[Collection(GlobalSettingsCollection.Name)]
public sealed class DistillationLossTests : IDisposable
{
    private static readonly LossTerm[] EveryKind =
    [
        new HintonTerm(), new DecoupledTerm(), new DistTerm(), new HintTerm("stem", "layer1"), new AttentionTerm("layer1", "layer2"),
        new SimilarityTerm("layer1", "layer1"), new RelationalTerm("layer1", "layer2"), new ContrastiveTerm("layer1", "layer2", 8, 0.2),
    ];

    private static readonly ModelSpec TeacherSpec = new ResNetSpec { Blocks = [1, 1], Width = 0.25, Classes = 4 };

    private readonly IDisposable scope = NewDisposeScope();
    private readonly ImageClassifier student = TinyTraining.Network();
    private readonly ImageClassifier teacher = TinyTraining.Network(TeacherSpec, seed: 2);
    private readonly Batch batch = new(rand(6, 3, 8, 8), tensor((long[])[0, 1, 2, 3, 0, 1]));

    public static TheoryData<int> Kinds => [.. Enumerable.Range(0, EveryKind.Length)];

    public void Dispose()
    {
        student.Dispose();
        teacher.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(0, 0.8, 4, true, false)]
    [InlineData(0.25, 0.65, 3.5, true, false)]
    [InlineData(0.5, 0.5, 3, true, true)]
    [InlineData(0.75, 0.35, 2.5, false, true)]
    [InlineData(1, 0.2, 2, false, true)]
    public void The_loss_is_the_weighted_sum_of_what_counts_at_that_share_of_the_training(
        double progress, double alpha, double temperature, bool similarity, bool hinton)
    {
        LossTerm[] terms = [new SimilarityTerm("stem", "layer1") { Weight = 50, Until = 0.75 }, new HintonTerm { Weight = 2, From = 0.5 }];
        using var loss = Loss(new(Alpha: 0.8, AlphaEnd: 0.2, Temperature: 4, TemperatureEnd: 2, Terms: terms));
        var (said, heard) = (Output(student, "stem"), Output(teacher, "layer1"));

        var expected = (1 - alpha) * new SoftTargetCrossEntropy().Compute(said.Logits, batch.Labels).item<float>();
        if (similarity)
            expected += alpha * 50 * SimilarityTerm.Compute(said.Features["stem"], heard.Features["layer1"]).item<float>();
        if (hinton) expected += alpha * 2 * new KnowledgeDistillationLoss().Compute(said.Logits, heard.Logits, temperature).item<float>();
        Assert.Equal(expected, loss.Compute(said, heard, batch.Labels, progress: progress).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void A_term_may_have_a_temperature_of_its_own()
    {
        var (mine, theirs) = (randn(4, 5), randn(4, 5));
        using var loss = new DistillationLoss(
            new DistillationRecipe(1, 8, TemperatureEnd: 2, Terms: [new HintonTerm { Temperature = 3 }]), Bare(5), Bare(5));
        foreach (var progress in (double[])[0, 0.5])
        {
            Assert.Equal(
                new KnowledgeDistillationLoss().Compute(mine, theirs, 3).item<float>(),
                loss.Compute(mine, theirs, zeros(4, ScalarType.Int64), progress).item<float>());
        }
    }

    [Fact]
    public void A_teacher_without_a_say_is_not_asked()
    {
        IObjective alone = new DistillationObjective(new Watcher(), Loss(new(Alpha: 0, Terms: EveryKind)));
        student.eval();
        var (loss, _) = alone.Compute(student, batch);
        Assert.Equal(new SupervisedObjective(0).Compute(student, batch).Loss.item<float>(), loss.item<float>());
    }

    [Fact]
    public void Schedules_and_windows_decide_when_the_teacher_is_asked()
    {
        Assert.Equal([false, true, true, true], Asked(new(Alpha: 0, AlphaEnd: 0.5)));
        Assert.Equal([false, true, true, false], Asked(new(Terms: [new HintonTerm { From = 0.25, Until = 0.75 }])));
        Assert.Equal([false, false, false, false], Asked(new(Terms: [])));

        bool[] Asked(DistillationRecipe recipe)
        {
            var watcher = new Watcher { Teacher = new LiveTeacher([teacher]) };
            var objective = new DistillationObjective(watcher, Loss(recipe));
            return [.. ((double[])[0, 0.25, 0.5, 0.75]).Select(progress =>
            {
                watcher.WasAsked = false;
                ((IScheduled)objective).Begin(progress);
                objective.Compute(student, batch);
                return watcher.WasAsked;
            })];
        }
    }

    [Fact]
    public void Each_feature_is_asked_for_once()
    {
        using var loss = Loss(new(Terms: EveryKind));
        Assert.Equal(["stem", "layer1"], loss.StudentFeatures);
        Assert.Equal(["layer1", "layer2"], loss.TeacherFeatures);
    }

    [Fact]
    public void What_terms_learn_is_found_by_the_number_of_the_term()
    {
        using var loss = Loss(new(Terms: EveryKind));
        Assert.Equal(
            ["3.adapter.bias", "3.adapter.weight", "7.student.bias", "7.student.weight", "7.teacher.bias", "7.teacher.weight"],
            loss.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal([16, 8, 1, 1], loss.state_dict()["3.adapter.weight"].shape);
        Assert.Equal([8, 32], loss.state_dict()["7.teacher.weight"].shape);
        Assert.Empty(Loss(new()).parameters());
    }

    [Fact]
    public void Soft_targets_have_the_label_that_is_most_likely()
    {
        var (mine, theirs) = (randn(3, 4), randn(3, 4));
        using var loss = new DistillationLoss(new DistillationRecipe(1, Terms: [new DecoupledTerm()]), Bare(4), Bare(4));
        var soft = tensor(new[,] { { 0.1f, 0.6f, 0.2f, 0.1f }, { 0.7f, 0.1f, 0.1f, 0.1f }, { 0, 0, 0, 1 } });
        Assert.Equal(loss.Compute(mine, theirs, tensor((long[])[1, 0, 3])).item<float>(), loss.Compute(mine, theirs, soft).item<float>());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Training_by_any_kind_of_term_alone_lowers_it(int kind)
    {
        var losses = Train(new(Alpha: 1, Terms: [EveryKind[kind]]));
        Assert.True(
            losses[^1] < 0.9 * losses[0],
            FormattableString.Invariant($"{EveryKind[kind].GetType().Name}: from {losses[0]} to {losses[^1]}"));
    }

    [Fact]
    public void Training_by_all_terms_together_lowers_their_sum() =>
        Assert.True(Train(new(Alpha: 0.5, Terms: EveryKind)) is [var first, .., var last] && last < 0.9 * first);

    [Fact]
    public void No_tensor_outlives_its_step()
    {
        using var inner = NewDisposeScope();
        var counts = new List<int>();
        Train(new(Alpha: 0.5, Terms: EveryKind), _ => counts.Add(inner.DisposablesCount));
        Assert.Equal(counts[TinyTraining.StepsPerEpoch], counts[^1]);
    }

    [Theory]
    [InlineData("layer9", "layer1", "terms[1].student is 'layer9', but the student has the features stem, layer1.")]
    [InlineData("stem", "layer3", "terms[1].teacher is 'layer3', but the teacher has the features stem, layer1, layer2.")]
    public void A_feature_that_does_not_exist_is_refused_at_once(string ofStudent, string ofTeacher, string reason)
    {
        var message = Assert.Throws<UserException>(
            () => Loss(new(Terms: [new HintonTerm(), new AttentionTerm(ofStudent, ofTeacher)]))).Message;
        Assert.Equal($"The distillation's {reason}", message);
    }

    [Fact]
    public void A_network_without_features_is_named()
    {
        var message = Assert.Throws<UserException>(
            () => new DistillationLoss(new(Terms: [new HintTerm("stem", "layer1")]), student, Bare(4))).Message;
        Assert.Contains("terms[0].teacher is 'layer1', but the teacher has no features.", message);
    }

    [Fact]
    public void Other_classes_are_refused_at_once() =>
        Assert.Contains(
            "The teacher has 7 classes and the student 4",
            Assert.Throws<UserException>(() => new DistillationLoss(new(), student, new(7, teacher.Features))).Message);

    [Fact]
    public void Misuse_by_a_program_is_refused()
    {
        using var loss = Loss(new(Terms: [new AttentionTerm("stem", "layer1")]));
        var objective = new DistillationObjective(new LiveTeacher([teacher]), loss);
        Assert.Throws<ArgumentException>(() => objective.Compute(new SequentialBlocks([student]), batch));
        Assert.Throws<ArgumentException>(() => loss.Compute(randn(6, 4), randn(6, 4), batch.Labels));
        Assert.Throws<ArgumentNullException>(() => loss.Compute(Output(student, "stem"), null, batch.Labels));
    }

    private static NetworkSignature Bare(int classes) => new(classes, []);

    private DistillationLoss Loss(DistillationRecipe recipe) => new(recipe, student, teacher);

    private NetworkOutput Output(ImageClassifier network, string feature)
    {
        network.eval();
        var (logits, maps) = network.ForwardWithFeatures(batch.Images, [feature]);
        return new(logits, new Dictionary<string, Tensor> { [feature] = maps[0] });
    }

    /// <summary>The mean loss of each epoch.</summary>
    private List<double> Train(DistillationRecipe recipe, Action<TrainingProgress>? afterStep = null)
    {
        using var tiny = new TinyTraining();
        manual_seed(3);
        var losses = new List<double>();
        using var loss = Loss(recipe);
        var training = TinyTraining.Recipe with { Phases = [new(8)], Optimizer = new(OptimizerKind.AdamW, 0.01), ClipNorm = 5 };
        using var trainer = tiny.Start(
            training, objective: new DistillationObjective(new LiveTeacher([teacher]), loss), model: student).Trainer;
        trainer.Run(new AtEachStep(progress =>
        {
            afterStep?.Invoke(progress);
            if (progress.Step % TinyTraining.StepsPerEpoch == 0) losses.Add(progress.Loss);
        }));
        return losses;
    }

    private sealed class Watcher : ITeacher
    {
        public ITeacher? Teacher { get; init; }

        public bool WasAsked { get; set; }

        public int Classes => Teacher?.Classes ?? 0;

        public IReadOnlyList<FeatureTap> Features => Teacher?.Features ?? [];

        public NetworkOutput Answer(Batch images, IReadOnlyList<string> features)
        {
            WasAsked = true;
            return (Teacher ?? throw new InvalidOperationException("was asked")).Answer(images, features);
        }

        public void Dispose() => Teacher?.Dispose();
    }
}
