using System.Runtime.CompilerServices;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>A depthwise 3x3 convolution of any padding and a stride up to 3.</summary>
internal sealed unsafe class VnniDepthwiseConvolution : IntegerConvolution
{
    private const int Window = 3, BlockChannels = Panel.MostColumns * Panel.Lanes;

    private readonly Panel[] _blocks;
    private readonly PanelParameters _parameters;
    private readonly NativeBuffer _weights;
    private readonly EpilogueCode _code;
    private byte _zeroPoint;

    public VnniDepthwiseConvolution(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
        : base(geometry, epilogue)
    {
        _code = EpilogueCode.Of(epilogue, isInterleaved: true);
        _blocks = new Panel[(geometry.Outputs + BlockChannels - 1) / BlockChannels];
        _weights = new((long)_blocks.Length * DepthwiseCode.WeightBytes);
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = new(i * BlockChannels, Math.Min(BlockChannels, geometry.Outputs - i * BlockChannels), Panel.MostColumns, true);
            Pack(_blocks[i], weights, (sbyte*)_weights.Pointer + i * DepthwiseCode.WeightBytes);
        }
        _parameters = new(_blocks, epilogue, weights, bias);
    }

    public static bool Supports(ConvolutionGeometry geometry) =>
        geometry is { IsDepthwise: true, KernelHeight: Window, KernelWidth: Window, Stride: <= Window };

    private int OutputBytes => _code.IsFloat ? sizeof(float) : sizeof(byte);

    public override void Bind(byte inputZeroPoint, float inputScale)
    {
        _zeroPoint = inputZeroPoint;
        _parameters.Bind(inputZeroPoint, inputScale);
    }

    /// <summary>One item for each output line.</summary>
    public override int WorkItems(int images) => images * Geometry.OutputHeight;

    public override void Run(void* input, void* output, int images, int firstItem, int items)
    {
        var pitch = (long)Geometry.Width * Geometry.Inputs;
        var mostRows = (Geometry.OutputHeight - 1) * Geometry.Stride + Window;
        var paddingRow = Scratch.Get(pitch + Convolution.Slack + mostRows * sizeof(byte*));
        Unsafe.InitBlockUnaligned(paddingRow, _zeroPoint, (uint)pitch);
        var rows = (byte**)(paddingRow + (pitch + Slack + 7 & ~7));
        for (var end = firstItem + items; firstItem < end;)
        {
            var (image, line) = Math.DivRem(firstItem, Geometry.OutputHeight);
            var lines = Math.Min(end - firstItem, Geometry.OutputHeight - line);
            var first = line * Geometry.Stride - Geometry.PadTop;
            for (var i = 0; i < (lines - 1) * Geometry.Stride + Window; i++)
                rows[i] = (uint)(first + i) < (uint)Geometry.Height ? (byte*)input + (image * Geometry.Height + first + i) * pitch : paddingRow;
            RunLines(rows, (byte*)output + (long)firstItem * Geometry.OutputWidth * Geometry.Outputs * OutputBytes, lines);
            firstItem += lines;
        }
    }

    public override void Dispose()
    {
        _parameters.Dispose();
        _weights.Dispose();
    }

    private void RunLines(byte** rows, byte* output, int lines)
    {
        var call = new DepthwiseCall
        {
            Rows = rows,
            RowsStride = Geometry.Stride * sizeof(byte*),
            FirstColumn = -Geometry.PadLeft,
            Width = Geometry.Width,
            Pitch = Geometry.Inputs,
            Weights = (sbyte*)_weights.Pointer,
            Parameters = _parameters[0],
            Output = output,
            OutputPitch = (nint)Geometry.Outputs * OutputBytes,
            Lines = lines,
            LineWidth = Geometry.OutputWidth,
            Blocks = _blocks.Length,
            Padding = _zeroPoint * 0x01010101,
        };
        CodeCache.Depthwise(Geometry.Stride, _code)(&call);
    }

    private static void Pack(Panel block, ReadOnlySpan<sbyte> weights, sbyte* packed)
    {
        for (var x = 0; x < Window; x++)
        for (var column = 0; column < Panel.MostColumns; column++)
        for (var element = 0; element < Panel.Lanes; element++, packed += 4)
        {
            var channel = block.ChannelAt(column, element);
            if (channel < 0) continue;
            for (var y = 0; y < Window; y++) packed[y] = weights[(channel * Window + y) * Window + x];
        }
    }
}
