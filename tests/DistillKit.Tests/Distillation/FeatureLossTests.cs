using DistillKit.Distillation;
using static TorchSharp.torch;

namespace DistillKit.Tests.Distillation;

public sealed class FeatureLossTests : IDisposable
{
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> WithoutAdapter = new()
    {
        ["attention"] = AttentionTerm.Compute,
        ["similarity"] = SimilarityTerm.Compute,
        ["relational"] = Relational().Compute,
    };

    private readonly IDisposable scope = NewDisposeScope();

    public static TheoryData<string> Names => [.. WithoutAdapter.Keys];

    public static TheoryData<string> AllNames => [.. WithoutAdapter.Keys, "hint", "contrastive"];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Losses_are_never_below_0_whatever_the_shapes(string name) =>
        Samples.ForMaps((student, teacher) => Samples.Finite(input => Loss(name, student, teacher)(input, teacher), student));

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_maps_have_no_loss(string name) => Samples.ForMaps((_, teacher) =>
    {
        var (loss, gradient) = Samples.Finite(input => WithoutAdapter[name](input, teacher), teacher);
        Assert.Equal(0, loss, tolerance: 1e-12);
        Assert.Equal(0, gradient.abs().max().item<double>(), tolerance: 1e-9);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void The_size_and_the_order_of_the_channels_do_not_matter(string name) => Samples.ForMaps((student, teacher) =>
    {
        var expected = WithoutAdapter[name](student, teacher).item<double>();
        Assert.Equal(expected, WithoutAdapter[name](student.mul(3).flip(1), teacher.mul(0.2)).item<double>(), tolerance: 1e-6);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void An_image_without_any_feature_does_not_drown_the_others(string name)
    {
        manual_seed(1);
        var (student, teacher) = (randn(4, 3, 2, 2), randn(4, 3, 2, 2));
        student[0] = zeros(3, 2, 2);
        var (_, gradient) = Samples.Finite(input => WithoutAdapter[name](input, teacher), student);
        Assert.True(gradient.abs().max().item<float>() < 10);
    }

    [Fact]
    public void Similarities_see_no_rotation_and_relations_no_movement_of_the_embeddings() => Samples.ForMaps((student, teacher) =>
    {
        var (images, rows) = (student.shape[0], student.flatten(1));
        // Householder's reflection: orthogonal.
        var axis = randn(rows.shape[1], 1, ScalarType.Float64);
        var turned = rows.sub(rows.matmul(axis).matmul(axis.t()).mul(2).div(axis.square().sum()));
        Assert.Equal(
            WithoutAdapter["similarity"](student, teacher).item<double>(),
            WithoutAdapter["similarity"](turned.reshape(student.shape), teacher).item<double>(), tolerance: 1e-6);
        var moved = turned.mul(2).add(randn(1, rows.shape[1], ScalarType.Float64));
        Assert.Equal(
            Relational().Compute(rows, teacher.flatten(1)).item<double>(),
            Relational().Compute(moved, teacher.flatten(1)).item<double>(), tolerance: 1e-6);
    });

    [Fact]
    public void Attention_at_different_positions_is_the_largest_loss()
    {
        var (left, right) = (zeros(2, 3, 4, 4), zeros(2, 5, 4, 4));
        left[.., .., 0, 0] = ones(2, 3);
        right[.., .., 0, 3] = ones(2, 5).mul(4);
        Assert.Equal(2, AttentionTerm.Compute(left, right).item<float>(), tolerance: 1e-6f);
    }

    [Fact]
    public void A_larger_map_is_averaged_down_to_the_smaller_in_each_direction()
    {
        var (large, small) = (randn(2, 3, 8, 3), randn(2, 3, 4, 6));
        var expected = AttentionTerm
            .Compute(large.reshape(2, 3, 4, 2, 3).mean([3]), small.reshape(2, 3, 4, 3, 2).mean([4])).item<float>();
        Assert.Equal(expected, AttentionTerm.Compute(large, small).item<float>(), tolerance: 1e-6f);
        Assert.Equal(expected, AttentionTerm.Compute(small, large).item<float>(), tolerance: 1e-6f);
    }

    [Fact]
    public void A_right_triangle_is_no_line()
    {
        var (line, corner) = (tensor(new[,] { { 0.0, 0 }, { 1, 0 }, { 2, 0 } }), tensor(new[,] { { 1.0, 0 }, { 0, 0 }, { 0, 1 } }));
        // Cosines at the three images: -1, 1, 1 on the line; 0, 1/√2, 1/√2 in the corner; each counts twice among six triplets.
        var expected = (0.5 + 2 * 0.5 * Math.Pow(1 - Math.Sqrt(0.5), 2)) / 3;
        Assert.Equal(expected, Relational(0, 1).Compute(line, corner).item<double>(), tolerance: 1e-9);
        // Distances 1, 1, 2 of mean 4/3, and 1, 1, √2 of mean (2 + √2)/3.
        var (onLine, inCorner) = (4.0 / 3, (2 + Math.Sqrt(2)) / 3);
        expected = (2 * 0.5 * Math.Pow(1 / onLine - 1 / inCorner, 2) + 0.5 * Math.Pow(2 / onLine - Math.Sqrt(2) / inCorner, 2)) / 3;
        Assert.Equal(expected, Relational(1, 0).Compute(line, corner).item<double>(), tolerance: 1e-9);
    }

    [Fact]
    public void The_contrastive_loss_of_views_that_are_all_one_is_that_of_a_guess()
    {
        using var loss = new ContrastiveLoss(3, 4);
        Assert.Equal(Math.Log(6), loss.Compute(ones(6, 3), ones(6, 4)).item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Adapters_learn_what_the_teacher_sees()
    {
        manual_seed(1);
        var (student, teacher) = (randn(8, 3, 4, 4), randn(8, 5, 4, 4));
        foreach (var name in (string[])["hint", "contrastive"])
        {
            using var learned = name == "hint" ? (nn.Module)new HintLoss(3, 5) : new ContrastiveLoss(3, 5);
            Func<Tensor, Tensor, Tensor> compute = learned is HintLoss hint ? hint.Compute : ((ContrastiveLoss)learned).Compute;
            using var optimizer = optim.SGD(learned.parameters(), 0.1);
            var before = compute(student, teacher).item<float>();
            for (var step = 0; step < 20; step++)
            {
                learned.zero_grad();
                compute(student, teacher).backward();
                Assert.All(learned.parameters(), parameter => Assert.NotNull(parameter.grad));
                optimizer.step();
            }
            Assert.True(compute(student, teacher).item<float>() < 0.98 * before, name);
        }
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Degenerate_maps_have_finite_losses_and_gradients(string name)
    {
        manual_seed(1);
        var some = randn(4, 3, 2, 2);
        // Nothing at all, the same for every image, twins among others, huge numbers, numbers that are near each other.
        Tensor[] all = [zeros(4, 3, 2, 2), ones(4, 3, 2, 2).mul(0.1), cat([some.narrow(0, 0, 2), some.narrow(0, 0, 2)]), some.mul(1e6),
            some.mul(1e-6).add(1), some];
        foreach (var student in all)
        {
            foreach (var teacher in all)
            {
                Samples.Finite(input => Loss(name, input, teacher)(input, teacher), student);
                Samples.Finite(input => Loss(name, input, teacher)(input, teacher.narrow(0, 0, 1)), student.narrow(0, 0, 1));
                Samples.Finite(input => Loss(name, input, teacher)(input, teacher.narrow(0, 0, 2)), student.narrow(0, 0, 2));
            }
        }
    }

    [Fact]
    public void Half_precision_features_have_losses_in_single_precision()
    {
        var (student, teacher) = (randn(3, 4, 4, 4).bfloat16(), randn(3, 5, 2, 2).bfloat16());
        var none = zeros(3, 10);
        TermInput Input(Tensor ofStudent, Tensor ofTeacher) => new(
            new(none, new Dictionary<string, Tensor> { ["a"] = ofStudent }),
            new(none, new Dictionary<string, Tensor> { ["b"] = ofTeacher }),
            zeros(3, dtype: ScalarType.Int64), Temperature: 4);
        FeatureTerm[] terms =
        [
            new AttentionTerm("a", "b"), new HintTerm("a", "b"), new SimilarityTerm("a", "b"), new ContrastiveTerm("a", "b"), Relational(),
        ];
        Assert.All(terms, term =>
        {
            var loss = term.Build("term", new(10, [new("a", 4)]), new(10, [new("b", 5)]));
            var found = loss.Compute(Input(student, teacher));
            Assert.Equal(ScalarType.Float32, found.dtype);
            Assert.Equal(loss.Compute(Input(student.@float(), teacher.@float())).item<float>(), found.item<float>(), tolerance: 1e-6f);
        });
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void No_gradient_flows_to_the_teacher(string name)
    {
        var (student, teacher) = (randn(3, 4, 2, 2), randn(3, 5, 2, 2).requires_grad_());
        Samples.Finite(input => Loss(name, student, teacher)(input, teacher), student);
        Assert.Null(teacher.grad);
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Maps_of_different_images_are_refused(string name)
    {
        var (student, teacher) = (randn(3, 4, 2, 2), randn(2, 4, 2, 2));
        Assert.Throws<ArgumentException>(() => Loss(name, student, teacher)(student, teacher));
        Assert.Throws<ArgumentException>(() => Loss(name, student, teacher)(student, teacher.flatten(2)));
    }

    private static RelationalTerm Relational(double distance = 1, double angle = 2) => new("a", "b", distance, angle);

    private static Func<Tensor, Tensor, Tensor> Loss(string name, Tensor student, Tensor teacher)
    {
        if (WithoutAdapter.TryGetValue(name, out var loss)) return loss;
        var (inputs, outputs) = ((int)student.shape[1], (int)teacher.shape[1]);
        if (name == "hint") return In(new HintLoss(inputs, outputs)).Compute;
        return In(new ContrastiveLoss(inputs, outputs)).Compute;

        T In<T>(T module) where T : nn.Module => TorchSharp.ModuleExtensionMethods.to(module, student.dtype);
    }
}
