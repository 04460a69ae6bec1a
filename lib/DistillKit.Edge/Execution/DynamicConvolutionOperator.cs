using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Execution;

/// <summary>A convolution or linear layer whose input is quantized at run time: image by image, because each has a grid of its own.</summary>
internal sealed unsafe class DynamicConvolutionOperator(
    string name, string kind, IntegerConvolution convolution, DynamicGrids grids, Activation input, Activation output) : Operator(name, kind, output, input)
{
    private int image;

    public override Convolution Convolution => convolution;

    public override void Execute(Workers workers, int images)
    {
        for (image = 0; image < images; image++)
        {
            convolution.Bind(grids[image].ZeroPoint, grids[image].Scale);
            workers.Run(this, 1, WorkItems(1));
        }
    }

    public override void Run(int images, int firstItem, int items) => convolution.Run(input.Bytes(image), Output.Bytes(image), 1, firstItem, items);

    public override void Dispose() => convolution.Dispose();

    protected override int WorkItems(int images) => convolution.WorkItems(images);
}
