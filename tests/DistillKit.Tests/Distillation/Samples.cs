using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace DistillKit.Tests.Distillation;

/// <summary>Logits of a student and a teacher, and labels.</summary>
internal sealed record Answers(Tensor Student, Tensor Teacher, Tensor Labels);

/// <summary>Random inputs of losses, in double precision.</summary>
internal static class Samples
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(30);

    /// <summary>Batches of 1 to 8 images and 2 to 12 classes, from unsure to very sure.</summary>
    public static void ForAnswers(Action<Answers> check) => ForAll(
        from images in Gen.Choose(1, 8)
        from classes in Gen.Choose(2, 12)
        from scale in Gen.Elements(0.1, 1.0, 5.0, 40.0)
        from seed in Gen.Choose(1, 1_000_000)
        select (images, classes, scale, seed), sample =>
    {
        manual_seed(sample.seed);
        Tensor Logits() => randn(sample.images, sample.classes, ScalarType.Float64).mul(sample.scale);
        check(new(Logits(), Logits(), randint(sample.classes, [sample.images], ScalarType.Int64)));
    });

    /// <summary>Maps of 1 to 6 images with unlike channels and resolutions.</summary>
    public static void ForMaps(Action<Tensor, Tensor> check) => ForAll(
        from images in Gen.Choose(1, 6)
        from student in Shape
        from teacher in Shape
        from seed in Gen.Choose(1, 1_000_000)
        select (images, student, teacher, seed), sample =>
    {
        manual_seed(sample.seed);
        Tensor Map((int C, int H, int W) shape) => randn(sample.images, shape.C, shape.H, shape.W, ScalarType.Float64).add(0.3);
        check(Map(sample.student), Map(sample.teacher));
    });

    /// <summary>Checks that a loss has a finite value of at least 0 and a finite gradient, and returns both.</summary>
    public static (double Loss, Tensor Gradient) Finite(Func<Tensor, Tensor> loss, Tensor input)
    {
        var student = input.detach().clone().requires_grad_();
        var value = loss(student);
        value.backward();
        var number = value.to(ScalarType.Float64).item<double>();
        Assert.True(double.IsFinite(number), $"the loss is {number}");
        Assert.True(number >= -1e-6, $"the loss is {number}");
        Assert.True(student.grad!.isfinite().all().item<bool>(), "the gradient is not finite");
        return (number, student.grad!);
    }

    private static Gen<(int C, int H, int W)> Shape =>
        from channels in Gen.Choose(1, 6)
        from height in Gen.Choose(1, 5)
        from width in Gen.Choose(1, 5)
        select (channels, height, width);

    private static void ForAll<T>(Gen<T> generator, Action<T> check) => Prop.ForAll(generator.ToArbitrary(), sample =>
    {
        using var scope = NewDisposeScope();
        check(sample);
    }).Check(Runs);
}
