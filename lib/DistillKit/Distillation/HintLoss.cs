namespace DistillKit.Distillation;

/// <summary>
/// A hint (FitNets; Romero et al. 2015, arXiv:1412.6550): <c>mean((r(student) - teacher)²)</c>, where r is a 1x1 convolution that is
/// learned along with the student and brings its channels to the teacher's number. The paper has half the sum of squares; the mean makes
/// the weight independent of the map's size.
/// </summary>
public sealed class HintLoss : nn.Module
{
    private readonly Conv2d adapter;

    /// <summary>Makes the loss and its adapter for so many channels, with fresh weights from the engine's random generator.</summary>
    public HintLoss(int studentChannels, int teacherChannels) : base(nameof(HintLoss))
    {
        adapter = nn.Conv2d(studentChannels, teacherChannels, 1);
        RegisterComponents();
    }

    /// <summary>The loss of maps [N, C, H, W] and [N, D, I, J], a scalar. The larger map is averaged down to the smaller.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Compute(Tensor studentMap, Tensor teacherMap)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = FeatureMaps.Align(studentMap, teacherMap);
        return adapter.call(student).sub(teacher).pow(Number.Two).mean().MoveToOuterDisposeScope();
    }
}
