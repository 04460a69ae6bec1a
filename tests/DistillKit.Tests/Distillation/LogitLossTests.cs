using DistillKit.Distillation;
using static TorchSharp.torch;

namespace DistillKit.Tests.Distillation;

public sealed class LogitLossTests : IDisposable
{
    private static readonly Dictionary<string, Func<Answers, double, Tensor>> Losses = new()
    {
        ["hinton"] = (answers, temperature) => new KnowledgeDistillationLoss().Compute(answers.Student, answers.Teacher, temperature),
        ["hinton, standardized"] = (answers, temperature) =>
            new KnowledgeDistillationLoss(standardize: true).Compute(answers.Student, answers.Teacher, temperature),
        ["decoupled"] = (answers, temperature) =>
            new DecoupledTerm().Compute(answers.Student, answers.Teacher, answers.Labels, temperature),
        ["decoupled, standardized"] = (answers, temperature) =>
            new DecoupledTerm(Standardize: true).Compute(answers.Student, answers.Teacher, answers.Labels, temperature),
        ["dist"] = (answers, temperature) => new DistTerm().Compute(answers.Student, answers.Teacher, answers.Labels, temperature),
    };

    private readonly IDisposable scope = NewDisposeScope();

    public static TheoryData<string> Names => [.. Losses.Keys];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Losses_are_never_below_0_and_0_where_student_and_teacher_agree(string name) => Samples.ForAnswers(answers =>
    {
        Samples.Finite(student => Losses[name](answers with { Student = student }, 2), answers.Student);
        var (agreed, gradient) = Samples.Finite(student => Losses[name](answers with { Student = student }, 2), answers.Teacher);
        Assert.Equal(0, agreed, tolerance: 1e-9);
        Assert.Equal(0, gradient.abs().max().item<double>(), tolerance: 1e-8);
    });

    [Theory]
    [InlineData(1e-20)]
    [InlineData(1e20)]
    [InlineData(double.NaN)]
    public void A_temperature_that_its_square_takes_out_of_float32_is_refused(double temperature)
    {
        var answers = new Answers(randn(2, 3), randn(2, 3), zeros(2, ScalarType.Int64));
        Assert.All(Losses.Values, loss => Assert.Throws<ArgumentOutOfRangeException>(() => loss(answers, temperature)));
    }

    [Fact]
    public void At_a_high_temperature_the_gradient_is_that_of_matching_logits() => Samples.ForAnswers(answers =>
    {
        // Hinton et al., section 2.1: T² dC/dz goes to (z - v) / K for logits of mean 0 in each row.
        Tensor Centered(Tensor logits) => logits.sub(logits.mean([1], keepdim: true));
        var (images, classes) = (answers.Student.shape[0], answers.Student.shape[1]);
        var (_, gradient) = Samples.Finite(
            student => new KnowledgeDistillationLoss().Compute(student, answers.Teacher, 1e6), answers.Student);
        var expected = Centered(answers.Student).sub(Centered(answers.Teacher)).div(classes * images);
        Assert.Equal(0, gradient.sub(expected).abs().max().item<double>(), tolerance: 1e-3 * expected.abs().max().item<double>() + 1e-9);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void With_the_weight_that_the_teachers_doubt_gives_decoupled_is_Hintons_loss(double temperature) => Samples.ForAnswers(answers =>
    {
        for (var image = 0; image < answers.Student.shape[0]; image++)
        {
            var (student, teacher, label) = (
                answers.Student.narrow(0, image, 1), answers.Teacher.narrow(0, image, 1), answers.Labels.narrow(0, image, 1));
            var doubt = 1 - teacher.div(temperature).softmax(1).gather(1, label.unsqueeze(1)).item<double>();
            var expected = new KnowledgeDistillationLoss().Compute(student, teacher, temperature).item<double>();
            var actual = new DecoupledTerm(1, doubt).Compute(student, teacher, label, temperature).item<double>();
            Assert.Equal(expected, actual, tolerance: 1e-9 * (1 + expected));
        }
    });

    [Fact]
    public void The_classes_among_the_others_count_for_a_sure_teacher_too()
    {
        var teacher = tensor(new[,] { { 30.0, 2, 1 } });
        var student = tensor(new[,] { { 30.0, 1, 2 } });
        Assert.True(new KnowledgeDistillationLoss().Compute(student, teacher, 1).item<double>() < 1e-9);
        Assert.True(new DecoupledTerm(1, 8).Compute(student, teacher, zeros(1, ScalarType.Int64), 1).item<double>() > 1);
    }

    [Fact]
    public void Soft_targets_do_not_see_a_shift_of_the_logits_and_standardized_ones_not_their_size_either() => Samples.ForAnswers(answers =>
    {
        var shifted = answers with { Student = answers.Student.add(3) };
        foreach (var name in Losses.Keys) Same(Losses[name](answers, 3), Losses[name](shifted, 3));
        if (answers.Student.shape[1] < 3) return;
        var larger = answers with { Student = answers.Student.mul(2.5).add(1) };
        foreach (var name in Losses.Keys.Where(name => name.Contains("standardized")))
            Same(Losses[name](answers, 3), Losses[name](larger, 3));
    });

    [Fact]
    public void Dist_sees_correlations_only()
    {
        // Probabilities that are the teacher's, mixed with uniform ones: a positive linear function of each row and of each column.
        Samples.ForAnswers(answers =>
        {
            if (answers.Student.shape[0] < 2) return;
            var teacher = answers.Teacher.div(20);
            var student = teacher.softmax(1).mul(0.6).add(0.4 / teacher.shape[1]).log();
            Assert.Equal(0, new DistTerm().Compute(student, teacher, null!, 1).item<double>(), tolerance: 1e-3);
            var expected = new KnowledgeDistillationLoss().Compute(student, teacher, 1).item<double>();
            Assert.True(expected > 0);
        });
    }

    [Fact]
    public void Dist_of_opposite_answers_is_largest()
    {
        var (student, teacher) = (tensor(new[,] { { 1.0, -1 }, { -1, 1 } }), tensor(new[,] { { -2.0, 2 }, { 2, -2 } }));
        Assert.Equal(2 * (3 + 0.5), new DistTerm(3, 0.5).Compute(student, teacher, null!, 1).item<double>(), tolerance: 1e-6);
    }

    [Fact]
    public void Standardized_rows_have_mean_0_and_deviation_1() => Samples.ForAnswers(answers =>
    {
        var scores = SoftLogits.Standardize(answers.Student);
        Assert.Equal(0, scores.mean([1]).abs().max().item<double>(), tolerance: 1e-9);
        Assert.Equal(1, scores.square().mean([1]).min().item<double>(), tolerance: 1e-9);
    });

    [Fact]
    public void Equal_logits_have_no_scores_and_no_gradient()
    {
        var (score, gradient) = Samples.Finite(
            logits => SoftLogits.Standardize(logits).mul(arange(5, ScalarType.Float32)).sum(), full([2, 5], 0.1f));
        Assert.Equal(0, score);
        Assert.Equal(0, gradient.abs().max().item<float>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Extreme_logits_have_finite_losses_and_gradients(string name)
    {
        var (ramp, labels) = (arange(-3, 3, 1, ScalarType.Float32), tensor((long[])[0, 1, 5, 5]));
        Tensor Rows(params double[] scales) => stack(scales.Select(scale => ramp.mul(scale)));
        // Equal logits in every row, one-hot answers right and wrong, logits that are huge.
        Tensor[] all = [zeros(4, 6), full([4, 6], 7f), Rows(1, 1, 1, 1), Rows(1e4, -1e4, 1e4, -1e4), Rows(1e8, 0, -1e8, 1)];
        foreach (var student in all)
        {
            foreach (var teacher in all)
            {
                foreach (var temperature in (double[])[1, 4])
                    Samples.Finite(input => Losses[name](new(input, teacher, labels), temperature), student);
            }
            Samples.Finite(input => Losses[name](new(input, all[2].narrow(0, 0, 1), labels.narrow(0, 0, 1)), 4), student.narrow(0, 0, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences_and_none_flows_to_the_teacher(string name)
    {
        var teacher = tensor(new[,] { { 1.0, -0.5, 3 }, { -2, 0.2, 0.7 } }).requires_grad_();
        var labels = tensor((long[])[2, 0]);
        GradientCheck.Check(student => Losses[name](new(student, teacher, labels), 2), [0.3, -1.2, 2.0, 0.1, 0.9, -0.4], rows: 2);
        Assert.Null(teacher.grad);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Misuse_is_refused(string name)
    {
        var answers = new Answers(randn(2, 3), randn(2, 3), tensor((long[])[0, 1]));
        Assert.ThrowsAny<ArgumentException>(() => Losses[name](answers with { Teacher = randn(3, 2) }, 4));
        Assert.ThrowsAny<ArgumentException>(() => Losses[name](answers, 0));
    }

    private static void Same(Tensor expected, Tensor actual) =>
        Assert.Equal(expected.item<double>(), actual.item<double>(), tolerance: 1e-6 * (1 + Math.Abs(expected.item<double>())));
}
