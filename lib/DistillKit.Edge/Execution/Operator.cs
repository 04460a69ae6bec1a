using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Execution;

/// <summary>One operator of the fused network, ready to run: kernels are chosen, weights packed, buffers fixed.</summary>
/// <param name="name">The name of the file's node.</param>
/// <param name="kind">What it does and in which numbers, for profiles.</param>
internal abstract class Operator(string name, string kind, Activation output, params Activation[] inputs) : IDisposable
{
    public string Name { get; } = name;
    public string Kind { get; } = kind;
    public Activation Output { get; } = output;
    public IReadOnlyList<Activation> Inputs { get; } = inputs;

    /// <summary>The kernel of a layer with weights.</summary>
    public virtual Convolution? Convolution => null;

    /// <summary>For one image.</summary>
    public long MultiplyAccumulates => Convolution?.Geometry.MultiplyAccumulates ?? 0;

    /// <summary>Runs on this many images. By default its work is one set of independent items.</summary>
    public virtual void Execute(Workers workers, int images) => workers.Run(this, images, WorkItems(images));

    /// <summary>Does some of the work items; which thread does which changes no result.</summary>
    public abstract void Run(int images, int firstItem, int items);

    public virtual void Dispose()
    {
    }

    protected abstract int WorkItems(int images);
}
