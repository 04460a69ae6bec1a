namespace DistillKit.Edge.Kernels;

/// <summary>A convolution prepared for one kernel set: its weights are packed. Images are dense NHWC. An input must be followed by
/// <see cref="Slack"/> readable bytes, because vector loads may run over its end; nothing is written outside the output.</summary>
internal abstract unsafe class ConvolutionKernel(ConvolutionGeometry geometry) : IDisposable
{
    /// <summary>Bytes after the end of an input that must be readable.</summary>
    public const int Slack = 128;

    public ConvolutionGeometry Geometry { get; } = geometry;

    /// <summary>The number of independent parts of the work on this many images: any split of them may run on different threads.</summary>
    public abstract int WorkItems(int images);

    /// <summary>Does some of the <see cref="WorkItems"/>.</summary>
    public abstract void Run(void* input, void* output, int images, int firstItem, int items);

    /// <summary>Bytes of weights that each run reads from beginning to end, if <see cref="MoveWeights"/> can move them.</summary>
    public virtual long StreamedBytes => 0;

    /// <summary>Cache lines that a run on one image can ask for, for later layers, while it computes.</summary>
    public virtual long LinesAhead => 0;

    /// <summary>Where those lines begin.</summary>
    public virtual byte* Ahead { set { } }

    /// <summary>Moves the weights to memory of the caller's, which has to stay as long as this.</summary>
    public virtual void MoveWeights(byte* memory) { }

    public virtual void Dispose() { }
}

/// <summary>From u8 activations with s8 weights to u8 or float, as its <see cref="Kernels.Epilogue"/> says.</summary>
internal abstract unsafe class IntegerConvolution(ConvolutionGeometry geometry, Epilogue epilogue) : ConvolutionKernel(geometry)
{
    public Epilogue Epilogue { get; } = epilogue;

    /// <summary>Sets how the input is quantized. Must be called before the first run, and again whenever this changes (dynamic
    /// quantization), on one thread. The scale only matters to <see cref="Dequantize"/>.</summary>
    public abstract void Bind(QuantizationGrid input);
}
