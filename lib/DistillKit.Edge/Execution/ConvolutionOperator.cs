using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Execution;

/// <summary>A convolution or linear layer whose input's quantization, if any, is fixed.</summary>
internal sealed unsafe class ConvolutionOperator(string name, string kind, Convolution convolution, Activation input, Activation output) : Operator(name, kind, output, input)
{
    public override Convolution Convolution => convolution;

    public override void Run(int images, int firstItem, int items) => convolution.Run(input.Address, Output.Address, images, firstItem, items);

    public override void Dispose() => convolution.Dispose();

    protected override int WorkItems(int images) => convolution.WorkItems(images);
}
