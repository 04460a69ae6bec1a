using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>
/// A hint (FitNets; Romero et al. 2015, arXiv:1412.6550): <c>mean((r(student) - teacher)²)</c>, where r is a 1x1 convolution that is learned along with the
/// student and brings its channels to the teacher's number. The paper has half the sum of squares; the mean makes the weight independent of the map's size.
/// </summary>
public sealed class HintLoss : nn.Module
{
    private readonly Conv2d adapter;

    /// <summary>Makes the loss and its adapter, with fresh weights from the engine's random generator.</summary>
    /// <param name="studentChannels">Channels of the student's map.</param>
    /// <param name="teacherChannels">Channels of the teacher's map.</param>
    public HintLoss(int studentChannels, int teacherChannels) : base(nameof(HintLoss))
    {
        adapter = nn.Conv2d(studentChannels, teacherChannels, 1);
        RegisterComponents();
    }

    /// <summary>The loss, a scalar of at least 0. The larger map is averaged down to the smaller. No gradient flows to the teacher.</summary>
    /// <param name="studentMap">[N, C, H, W].</param>
    /// <param name="teacherMap">[N, D, I, J].</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Compute(Tensor studentMap, Tensor teacherMap)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = FeatureMaps.Align(studentMap, teacherMap);
        return adapter.call(student).sub(teacher).pow(Number.Two).mean().MoveToOuterDisposeScope();
    }
}
