namespace DistillKit.Edge.Kernels.Scalar;

/// <summary>The reference, as it stands in <see cref="KernelSet"/>: runs on every machine.</summary>
internal sealed class ScalarKernels : KernelSet
{
    public override string Name => "scalar";
}
