namespace DistillKit.Distillation;

/// <summary>A hint (FitNets; Romero et al. 2015, arXiv:1412.6550): <c>mean((r(student) - teacher)²)</c>, where r is a 1x1 convolution that
/// is learned along with the student and brings its channels to the teacher's number. The paper has half the sum of squares; the mean makes
/// the weight independent of the map's size.</summary>
/// <inheritdoc cref="FeatureTerm" path="/param"/>
public sealed record HintTerm(string Student, string Teacher) : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels)
    {
        var loss = new HintLoss(studentChannels, teacherChannels);
        return (loss.Compute, loss);
    }
}

/// <summary>The loss of a <see cref="HintTerm"/>, with its adapter.</summary>
internal sealed class HintLoss : nn.Module
{
    private readonly Conv2d adapter;

    public HintLoss(int studentChannels, int teacherChannels) : base(nameof(HintLoss))
    {
        adapter = nn.Conv2d(studentChannels, teacherChannels, 1);
        RegisterComponents();
    }

    /// <summary>The loss of maps [N, C, H, W] and [N, D, I, J], a scalar. The larger map is averaged down to the smaller.</summary>
    public Tensor Compute(Tensor studentMap, Tensor teacherMap)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = FeatureMaps.Align(studentMap, teacherMap);
        return adapter.call(student).sub(teacher).pow(Number.Two).mean().MoveToOuterDisposeScope();
    }
}
