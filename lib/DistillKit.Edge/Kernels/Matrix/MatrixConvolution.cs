namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>An integer convolution that computes its output channels panel by panel.</summary>
internal abstract unsafe class PanelConvolution(ConvolutionGeometry geometry, Epilogue epilogue, List<Panel> panels,
    ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int activationShift) : IntegerConvolution(geometry, epilogue)
{
    protected List<Panel> Panels => panels;

    protected PanelParameters Parameters { get; } = new(panels, epilogue, weights, bias, activationShift);

    /// <summary>What padding is filled with.</summary>
    protected byte ZeroPoint { get; private set; }

    /// <summary>Results are floats, not bytes.</summary>
    protected bool IsFloat { get; } = epilogue is Dequantize;

    protected int OutputBytes => IsFloat ? sizeof(float) : sizeof(byte);

    public override void Bind(QuantizationGrid input)
    {
        ZeroPoint = input.ZeroPoint;
        Parameters.Bind(input);
    }

    public override void Dispose() => Parameters.Dispose();
}

/// <summary>Any integer convolution without groups, as matrix products.</summary>
internal abstract unsafe class MatrixConvolution(ConvolutionGeometry geometry, Epilogue epilogue, List<Panel> panels,
    ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int activationShift = 0)
    : PanelConvolution(geometry, epilogue, panels, weights, bias, activationShift), IMatrixKernel
{
    private readonly MatrixLoop loop = new(geometry, sizeof(byte), epilogue is Dequantize ? sizeof(float) : sizeof(byte), panels.Count);

    protected PackedWeights Weights { get; } = new(geometry, panels, weights);

    public override int WorkItems(int images) => loop.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        loop.Run(this, (byte*)input, (byte*)output, images, firstItem, items, ZeroPoint);

    public abstract void Multiply(int panel, in MatrixBlock block);

    public override void Dispose()
    {
        base.Dispose();
        Weights.Dispose();
    }
}
