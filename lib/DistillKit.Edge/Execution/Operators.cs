using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Execution;

/// <summary>One operator of the network, ready to run: kernels are chosen, weights packed, buffers fixed.</summary>
/// <param name="name">The name of the file's node.</param>
/// <param name="kind">What it does and in which numbers, for profiles.</param>
internal abstract class Operator(string name, string kind, ActivationBuffer output, params ActivationBuffer[] inputs) : IDisposable
{
    public string Name { get; } = name;
    public string Kind { get; } = kind;
    public ActivationBuffer Output { get; } = output;
    public IReadOnlyList<ActivationBuffer> Inputs { get; } = inputs;

    /// <summary>The kernel of a layer with weights.</summary>
    public virtual ConvolutionKernel? Convolution => null;

    /// <summary>For one image.</summary>
    public long MultiplyAccumulates => Convolution?.Geometry.MultiplyAccumulates ?? 0;

    /// <summary>Runs on this many images. By default its work is one set of independent items.</summary>
    public virtual void Execute(Workers workers, int images) => workers.Run(this, images, WorkItems(images));

    /// <summary>Does some of the work items; which thread does which changes no result.</summary>
    public abstract void Run(int images, int firstItem, int items);

    public void Dispose() => Convolution?.Dispose();

    protected abstract int WorkItems(int images);
}

/// <summary>An operator without weights, which treats each image, or even each element, by itself.</summary>
/// <param name="run">Treats a range of images or elements: the first, and how many.</param>
internal sealed class PlainOperator(
    string name, string kind, ActivationBuffer output, ActivationBuffer[] inputs, bool isElementwise, Action<int, int> run)
    : Operator(name, kind, output, inputs)
{
    private int PartsOfItem => isElementwise ? 1 << 14 : 1;

    public override void Run(int images, int firstItem, int items)
    {
        var first = firstItem * PartsOfItem;
        run(first, (int)Math.Min((long)items * PartsOfItem, Parts(images) - first));
    }

    protected override int WorkItems(int images) => (int)((Parts(images) + PartsOfItem - 1) / PartsOfItem);

    private long Parts(int images) => isElementwise ? (long)images * Output.Shape.Elements : images;
}

/// <summary>A convolution or linear layer whose input's quantization, if any, is fixed.</summary>
internal sealed unsafe class ConvolutionOperator(
    string name, string kind, ConvolutionKernel convolution, ActivationBuffer input, ActivationBuffer output)
    : Operator(name, kind, output, input)
{
    public override ConvolutionKernel Convolution => convolution;

    public override void Run(int images, int firstItem, int items) =>
        convolution.Run(input.Address, Output.Address, images, firstItem, items);

    protected override int WorkItems(int images) => convolution.WorkItems(images);
}

/// <summary>A convolution or linear layer that quantizes its input at run time, image by image: each has a grid of its own.</summary>
internal sealed unsafe class DynamicConvolutionOperator(
    string name, string kind, IntegerConvolution convolution, DynamicGrids grids, ActivationBuffer input, ActivationBuffer output)
    : Operator(name, kind, output, input)
{
    private int image;

    public override ConvolutionKernel Convolution => convolution;

    public override void Execute(Workers workers, int images)
    {
        for (image = 0; image < images; image++)
        {
            convolution.Bind(grids[image]);
            workers.Run(this, 1, WorkItems(1));
        }
    }

    public override void Run(int images, int firstItem, int items) =>
        convolution.Run(input.Bytes(image), Output.Bytes(image), 1, firstItem, items);

    protected override int WorkItems(int images) => convolution.WorkItems(images);
}
