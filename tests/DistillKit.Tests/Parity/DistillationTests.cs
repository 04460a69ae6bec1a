using DistillKit.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

/// <summary>
/// Values and gradients of the losses against those of tests/fixtures/make_distillation.py, in single and in double precision.
/// </summary>
public sealed class DistillationTests
{
    private delegate Tensor LogitLoss(Tensor student, Tensor teacher, Tensor labels);

    private static readonly Dictionary<string, LogitLoss> LogitLosses = new()
    {
        ["hinton1"] = (student, teacher, _) => new KnowledgeDistillationLoss().Compute(student, teacher, 1),
        ["hinton4"] = (student, teacher, _) => new KnowledgeDistillationLoss().Compute(student, teacher, 4),
        ["hinton-standardized"] = (student, teacher, _) => new KnowledgeDistillationLoss(standardize: true).Compute(student, teacher, 2),
        ["decoupled"] = (student, teacher, labels) => new DecoupledTerm().Compute(student, teacher, labels, 4),
        ["decoupled-weighted"] = (student, teacher, labels) => new DecoupledTerm(0.5, 2).Compute(student, teacher, labels, 1.5),
        ["decoupled-standardized"] = (student, teacher, labels) =>
            new DecoupledTerm(Standardize: true).Compute(student, teacher, labels, 2),
        ["dist"] = (student, teacher, labels) => new DistTerm().Compute(student, teacher, labels, 1),
        ["dist-weighted"] = (student, teacher, labels) => new DistTerm(2, 0.5).Compute(student, teacher, labels, 4),
    };

    private static readonly Dictionary<string, Func<long, long, (Func<Tensor, Tensor, Tensor> Loss, nn.Module? Learned)>>
        FeatureLosses = new()
        {
            ["hint"] = (student, teacher) => Learning(new HintLoss((int)student, (int)teacher), loss => loss.Compute),
            ["attention"] = (_, _) => (AttentionTerm.Compute, null),
            ["similarity"] = (_, _) => (SimilarityTerm.Compute, null),
            ["relational"] = (_, _) => (new RelationalTerm("a", "b").Compute, null),
            ["relational-weighted"] = (_, _) => (new RelationalTerm("a", "b", 3, 0.5).Compute, null),
            ["contrastive"] = (student, teacher) =>
                Learning(new ContrastiveLoss((int)student, (int)teacher, dimensions: 7, tau: 0.1), loss => loss.Compute),
        };

    private static readonly long[][] Logits = [[8, 10], [1, 10], [5, 3], [6, 2]];

    private static readonly (long Count, long[] Student, long[] Teacher)[] Maps =
    [
        (4, [6, 8, 8], [10, 4, 4]), (3, [8, 4, 4], [5, 8, 8]), (5, [4, 6, 6], [4, 6, 6]), (2, [3, 7, 5], [6, 4, 8]),
        (1, [4, 2, 2], [3, 3, 3]),
    ];

    // Of the largest element.
    private static readonly (ScalarType Type, double Tolerance)[] Precisions = [(ScalarType.Float32, 1e-5), (ScalarType.Float64, 2e-7)];

    public static TheoryData<string, int, int> LogitCases => Cases(LogitLosses.Keys, Logits.Length);

    public static TheoryData<string, int, int> FeatureCases => Cases(FeatureLosses.Keys, Maps.Length);

    [Theory]
    [MemberData(nameof(LogitCases))]
    public void A_loss_on_logits_and_its_gradient_are_PyTorchs(string key, int at, int precision)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("distillation-logits");
        var (shape, (type, tolerance)) = (Logits[at], Precisions[precision]);
        var name = string.Join('x', shape);
        var student = Formula.Tensor($"student.{name}", shape, 4).to(type).requires_grad_();
        var labels = tensor([.. Enumerable.Range(0, (int)shape[0]).Select(i => (7 * i + 3) % shape[1])], [shape[0]]);

        var loss = LogitLosses[key](student, Formula.Tensor($"teacher.{name}", shape, 6).to(type), labels);
        loss.backward();

        Same(fixture[$"{key}.{name}.loss"], loss, tolerance, "loss");
        Same(fixture[$"{key}.{name}.gradient"], student.grad!, tolerance, "gradient");
    }

    [Theory]
    [MemberData(nameof(FeatureCases))]
    public void A_loss_on_features_and_its_gradients_are_PyTorchs(string key, int at, int precision)
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.Load("distillation-features");
        var ((count, ofStudent, ofTeacher), (type, tolerance)) = (Maps[at], Precisions[precision]);
        var name = $"{count}.{string.Join('x', ofStudent)}.{string.Join('x', ofTeacher)}";
        var student = Formula.Tensor($"student.{name}", [count, .. ofStudent], 1.5).to(type).add(0.5).detach().requires_grad_();
        var teacher = Formula.Tensor($"teacher.{name}", [count, .. ofTeacher], 2).to(type).add(0.3);
        var (compute, learned) = FeatureLosses[key](ofStudent[0], ofTeacher[0]);
        using var _ = learned;
        // Converting a module replaces its parameters, so they are listed afterwards.
        if (type == ScalarType.Float64) learned?.to(type);
        var parts = learned?.named_parameters().ToList() ?? [];
        using (no_grad())
        {
            foreach (var (part, parameter) in parts) parameter.copy_(Formula.Tensor($"{key}.{name}.{part}", parameter.shape));
        }

        var loss = compute(student, teacher);
        loss.backward();

        Assert.Equal(type, loss.dtype);
        Same(fixture[$"{key}.{name}.loss"], loss, tolerance, "loss");
        Same(fixture[$"{key}.{name}.gradient"], student.grad!, tolerance, "gradient");
        Assert.Equal(
            fixture.Under($"{key}.{name}.gradient.").Select(entry => entry.Name).Order(StringComparer.Ordinal),
            parts.Select(entry => entry.name).Order(StringComparer.Ordinal));
        foreach (var (part, parameter) in parts) Same(fixture[$"{key}.{name}.gradient.{part}"], parameter.grad!, tolerance, part);
    }

    /// <summary>To a share of the largest element; what is 0 but for rounding is 0.</summary>
    private static void Same(Tensor expected, Tensor actual, double tolerance, string what) =>
        Close.Assert(expected, actual, tolerance * Math.Max(expected.abs().max().ToDouble(), 1e-2), what);

    private static (Func<Tensor, Tensor, Tensor>, nn.Module?) Learning<T>(T loss, Func<T, Func<Tensor, Tensor, Tensor>> compute)
        where T : nn.Module => (compute(loss), loss);

    private static TheoryData<string, int, int> Cases(IEnumerable<string> names, int shapes)
    {
        var cases = new TheoryData<string, int, int>();
        foreach (var name in names)
        {
            for (var at = 0; at < shapes * Precisions.Length; at++) cases.Add(name, at / Precisions.Length, at % Precisions.Length);
        }
        return cases;
    }
}
