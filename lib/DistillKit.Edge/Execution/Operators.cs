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

/// <summary>A convolution or linear layer.</summary>
/// <param name="grids">The grids of its images, if they get them at run time: then they run one by one.</param>
internal sealed unsafe class ConvolutionOperator(
    string name, string kind, ConvolutionKernel convolution, ActivationBuffer input, ActivationBuffer output, DynamicGrids? grids = null)
    : Operator(name, kind, output, input)
{
    private int image;

    public override ConvolutionKernel Convolution => convolution;

    public override void Execute(Workers workers, int images)
    {
        for (image = 0; grids is not null && image < images; image++)
        {
            ((IntegerConvolution)convolution).Bind(grids[image]);
            workers.Run(this, 1, WorkItems(1));
        }
        image = 0;
        if (grids is null)
            base.Execute(workers, images);
    }

    public override void Run(int images, int firstItem, int items) =>
        convolution.Run(input.Bytes(image), Output.Bytes(image), images, firstItem, items);

    protected override int WorkItems(int images) => convolution.WorkItems(images);
}

/// <summary>The grids that a chunk's images get at run time. DynamicQuantizeLinear of ONNX takes the range of a whole batch; here each
/// image has its own, so that its result does not depend on its company. For one image both are the same.</summary>
internal sealed unsafe class DynamicGrids
{
    private readonly QuantizationGrid[] grids = new QuantizationGrid[Arena.LargestChunk];

    public QuantizationGrid this[int image] => grids[image];

    /// <summary>Quantizes one image by its own range.</summary>
    public void Quantize(ActivationBuffer input, ActivationBuffer output, int image)
    {
        var (minimum, maximum) = Elementwise.Range(input.Floats(image), input.Shape.Elements);
        grids[image] = Of(minimum, maximum);
        Elementwise.QuantizeLinear(input.Floats(image), output.Bytes(image), input.Shape.Elements, grids[image]);
    }

    /// <summary>The specification's formula. Where it gives no usable scale (all zeros, infinities) any will do.</summary>
    private static QuantizationGrid Of(float minimum, float maximum)
    {
        var scale = (maximum - minimum) / 255;
        return float.IsNormal(scale)
            ? new(scale, (byte)Math.Clamp(MathF.Round(-minimum / scale), byte.MinValue, byte.MaxValue)) : new(1, 0);
    }
}
