using static DistillKit.Edge.Kernels.Avx512.DepthwiseArgument;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>An integer depthwise 3x3 convolution, by <see cref="DepthwiseCode"/>.</summary>
internal sealed unsafe class VnniDepthwiseConvolution(
    ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
    : DepthwiseConvolution(geometry, epilogue, MatrixCode.Lanes, weights, bias)
{
    private readonly nint function = VnniCode.Depthwise(geometry.Stride, EpilogueCode.Of(epilogue, isInterleaved: true));
    private byte* ahead;

    public override long LinesAhead => (long)Panels.Count * Geometry.OutputPixels * DepthwiseCode.LinesAheadOfPixel;

    public override byte* Ahead { set => ahead = value; }

    public override void RunLines(byte** rows, byte* output, int lines)
    {
        var isWhole = ahead != null && lines == Geometry.OutputHeight;
        var call = stackalloc nint[Count];
        call[Rows] = (nint)rows;
        call[RowsStride] = Geometry.Stride * sizeof(byte*);
        call[FirstColumn] = -Geometry.PadLeft;
        call[Width] = Geometry.Width;
        call[Pitch] = Geometry.Inputs;
        call[DepthwiseArgument.Weights] = (nint)Weights[0];
        call[DepthwiseArgument.Parameters] = (nint)Parameters[0];
        call[Output] = (nint)output;
        call[OutputPitch] = (nint)Geometry.Outputs * OutputBytes;
        call[Lines] = lines;
        call[LineWidth] = Geometry.OutputWidth;
        call[Blocks] = Panels.Count;
        call[Padding] = ZeroPoint * 0x01010101;
        call[Offset] = 0;
        call[DepthwiseArgument.Ahead] = isWhole ? (nint)ahead : (nint)rows[0];
        call[AheadStep] = isWhole ? DepthwiseCode.LinesAheadOfPixel * 64 : 0;
        VnniCode.Call(function, call);
    }
}
