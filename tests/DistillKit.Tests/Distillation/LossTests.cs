using DistillKit.Distillation;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Distillation;

public sealed class LossTests : IDisposable
{
    private static readonly double[] Student = [0.3, -1.2, 2.0, 0.1, 0.9, -0.4];
    private static readonly double[] Teacher = [1.0, -0.5, 3.0, -2.0, 0.2, 0.7];
    private static readonly double[] Soft = [0.2, 0.3, 0.5, 0.0, 1.0, 0.0];

    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(0.9, 4, 0)]
    [InlineData(0.5, 1.5, 0.1)]
    [InlineData(1, 20, 0)]
    public void Distillation_is_the_formula_written_out(double alpha, double temperature, double smoothing)
    {
        double expected = 0;
        for (var row = 0; row < 2; row++)
        {
            double[] student = Softmax(Student[(row * 3)..(row * 3 + 3)], temperature),
                teacher = Softmax(Teacher[(row * 3)..(row * 3 + 3)], temperature);
            var plain = Softmax(Student[(row * 3)..(row * 3 + 3)], 1);
            for (var k = 0; k < 3; k++)
            {
                var target = (1 - smoothing) * Soft[row * 3 + k] + smoothing / 3;
                expected += (alpha * temperature * temperature * teacher[k] * Math.Log(teacher[k] / student[k])
                    - (1 - alpha) * target * Math.Log(plain[k])) / 2;
            }
        }
        var loss = new DistillationLoss(alpha, temperature, smoothing);
        Assert.Equal(expected, loss.Compute(Matrix(Student), Matrix(Teacher), Matrix(Soft)).item<double>(), tolerance: 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Labels_and_their_one_hot_targets_give_one_loss(double smoothing)
    {
        var loss = new SoftTargetCrossEntropy(smoothing);
        var labels = loss.Compute(Matrix(Student), tensor(new long[] { 2, 0 }));
        var oneHot = loss.Compute(Matrix(Student), Matrix([0, 0, 1, 1, 0, 0]));
        Assert.Equal(oneHot.item<double>(), labels.item<double>(), tolerance: 1e-12);
    }

    [Fact]
    public void A_student_that_agrees_with_the_teacher_has_no_distillation_loss() =>
        Assert.Equal(
            0, new DistillationLoss(1, 4).Compute(Matrix(Teacher), Matrix(Teacher), Matrix(Soft)).item<double>(), tolerance: 1e-12);

    [Fact]
    public void The_gradient_of_distillation_agrees_with_finite_differences()
    {
        var loss = new DistillationLoss(0.7, 3, 0.1);
        GradientCheck.Check(student => loss.Compute(student, Matrix(Teacher), tensor(new long[] { 2, 0 })), Student, rows: 2);
        GradientCheck.Check(student => loss.Compute(student, Matrix(Teacher), Matrix(Soft)), Student, rows: 2);
    }

    [Fact]
    public void The_gradient_of_cross_entropy_agrees_with_finite_differences()
    {
        var loss = new SoftTargetCrossEntropy(0.1);
        GradientCheck.Check(student => loss.Compute(student, tensor(new long[] { 2, 0 })), Student, rows: 2);
        GradientCheck.Check(student => loss.Compute(student, Matrix(Soft)), Student, rows: 2);
    }

    [Fact]
    public void No_gradient_flows_to_the_teacher()
    {
        var teacher = Matrix(Teacher).requires_grad_();
        new DistillationLoss(0.5, 2).Compute(Matrix(Student).requires_grad_(), teacher, Matrix(Soft)).backward();
        Assert.Null(teacher.grad);
    }

    [Theory]
    [InlineData(-0.1, 4, 0, "alpha")]
    [InlineData(1.1, 4, 0, "alpha")]
    [InlineData(double.NaN, 4, 0, "alpha")]
    [InlineData(0.5, 0, 0, "temperature")]
    [InlineData(0.5, double.PositiveInfinity, 0, "temperature")]
    [InlineData(0.5, 1e-20, 0, "temperature must be from 0.01 to 1000000")]
    [InlineData(0.5, 1e20, 0, "temperature must be from 0.01 to 1000000")]
    [InlineData(0.5, 4, 1, "smoothing")]
    public void Numbers_out_of_range_are_refused_by_name(double alpha, double temperature, double smoothing, string name) =>
        Assert.Contains(name, Assert.Throws<UserException>(() => new DistillationLoss(alpha, temperature, smoothing)).Message);

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var loss = new DistillationLoss(0.5, 4);
        Assert.Throws<ArgumentException>(() => loss.Compute(Matrix(Student), Matrix(Teacher).t(), Matrix(Soft)));
        Assert.Throws<ArgumentException>(() => loss.Compute(Matrix(Student), Matrix(Teacher), tensor(new long[] { 1, 2, 0 })));
        Assert.Throws<ArgumentException>(() => loss.Compute(Matrix(Student), Matrix(Teacher), tensor(new float[] { 1, 2 })));
    }

    private static Tensor Matrix(double[] values) => tensor(values).reshape(2, 3);

    private static double[] Softmax(double[] logits, double temperature)
    {
        var exponentials = logits.Select(logit => Math.Exp(logit / temperature)).ToArray();
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }
}
