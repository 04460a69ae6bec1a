using DistillKit.Edge.Kernels.Floats;

namespace DistillKit.Edge.Kernels.Vectors;

/// <summary>
/// What all vector sets share: the kernels without weights, written with the vectors that .NET offers on every processor. The scalar
/// reference does the values that fill no vector.
/// </summary>
internal abstract unsafe partial class VectorKernels : KernelSet
{
    private const int Lanes = 8;

    /// <summary>
    /// For each of the three vectors that 16 pixels of three planes make, and each plane: which of its bytes goes where; 255 leaves a 0.
    /// </summary>
    private static readonly Vector128<byte>[] interleavingOrders =
        [.. from vector in Enumerable.Range(0, 3) from plane in Enumerable.Range(0, 3) select InterleavingOrder(vector, plane)];

    /// <summary>Float kernels may use the widest vectors.</summary>
    protected virtual bool Uses512Bits => false;

    public override FloatConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum) =>
        Vector512.IsHardwareAccelerated && Uses512Bits ? Prepare<Float512, Vector512<float>>(geometry, weights, bias, minimum, maximum)
        : Vector256.IsHardwareAccelerated ? Prepare<Float256, Vector256<float>>(geometry, weights, bias, minimum, maximum)
        : Prepare<Float128, Vector128<float>>(geometry, weights, bias, minimum, maximum);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void QuantizeLinear(float* input, byte* output, int count, QuantizationGrid grid)
    {
        var (scales, zero) = (Vector256.Create(grid.Scale), Vector256.Create((int)grid.ZeroPoint));
        var (lowest, highest) = (Vector256.Create((float)-grid.ZeroPoint), Vector256.Create(255f - grid.ZeroPoint));
        var i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
            ToBytes(Steps(i), Steps(i + Lanes), Steps(i + 2 * Lanes), Steps(i + 3 * Lanes)).Store(output + i);
        base.QuantizeLinear(input + i, output + i, count - i, grid);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Steps(int at)
        {
            var steps = Vector256.Load(input + at) / scales;
            steps = Vector256.ConditionalSelect(Vector256.GreaterThan(steps, lowest), steps, lowest);
            steps = Vector256.ConditionalSelect(Vector256.LessThan(steps, highest), steps, highest);
            return Vector256.ConvertToInt32(Vector256.Round(steps)) + zero;
        }
    }

    public override void QuantizeImages(float* input, byte* output, int images, int channels, int pixels, QuantizationGrid grid)
    {
        var planes = Scratch.First((long)channels * pixels);
        for (var image = 0; image < images; image++, input += channels * pixels, output += channels * pixels)
        {
            QuantizeLinear(input, planes, channels * pixels, grid);
            if (channels == 3) InterleaveThree(planes, output, pixels);
            else
                for (var channel = 0; channel < channels; channel++)
                    for (var pixel = 0; pixel < pixels; pixel++) output[pixel * channels + channel] = planes[channel * pixels + pixel];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void DequantizeLinear(byte* input, float* output, int count, QuantizationGrid grid)
    {
        var (scales, zero) = (Vector256.Create(grid.Scale), Vector256.Create((int)grid.ZeroPoint));
        var i = 0;
        for (; i <= count - Lanes; i += Lanes) (Vector256.ConvertToSingle(ToInt32(input + i) - zero) * scales).Store(output + i);
        base.DequantizeLinear(input + i, output + i, count - i, grid);
    }

    public override (float Minimum, float Maximum) Range(float* input, int count)
    {
        var (least, greatest) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var values = Vector256.Load(input + i);
            least = Vector256.ConditionalSelect(Vector256.LessThan(values, least), values, least);
            greatest = Vector256.ConditionalSelect(Vector256.GreaterThan(values, greatest), values, greatest);
        }
        var (minimum, maximum) = base.Range(input + i, count - i);
        for (var lane = 0; lane < Lanes; lane++) (minimum, maximum) = (MathF.Min(minimum, least[lane]), MathF.Max(maximum, greatest[lane]));
        return (minimum, maximum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(byte* first, byte* second, byte* output, int count, QuantizedAdd add)
    {
        var (firstFactor, secondFactor) = (Vector256.Create(add.FirstMultiplier), Vector256.Create(add.SecondMultiplier));
        var half = 1 << (add.Shift - 1);
        var constant = Vector256.Create(half - add.FirstZeroPoint * add.FirstMultiplier - add.SecondZeroPoint * add.SecondMultiplier);
        var zero = Vector256.Create((int)add.ZeroPoint);
        var (minimum, maximum) = (Vector256.Create((int)add.Minimum), Vector256.Create((int)add.Maximum));
        var shift = add.Shift;
        var i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
            ToBytes(Sum(i), Sum(i + Lanes), Sum(i + 2 * Lanes), Sum(i + 3 * Lanes)).Store(output + i);
        base.Add(first + i, second + i, output + i, count - i, add);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Sum(int at)
        {
            var sum = ToInt32(first + at) * firstFactor + ToInt32(second + at) * secondFactor + constant;
            return Vector256.Min(Vector256.Max((sum >> shift) + zero, minimum), maximum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* first, float* second, float* output, int count, float minimum, float maximum)
    {
        var (least, greatest) = (Vector256.Create(minimum), Vector256.Create(maximum));
        var i = 0;
        for (; i <= count - Lanes; i += Lanes)
            Vector256.Min(Vector256.Max(Vector256.Load(first + i) + Vector256.Load(second + i), least), greatest).Store(output + i);
        base.Add(first + i, second + i, output + i, count - i, minimum, maximum);
    }

    public override void Clip(float* input, float* output, int count, float minimum, float maximum)
    {
        var (least, greatest) = (Vector256.Create(minimum), Vector256.Create(maximum));
        var i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Min(Vector256.Max(Vector256.Load(input + i), least), greatest).Store(output + i);
        base.Clip(input + i, output + i, count - i, minimum, maximum);
    }

    public override void Clip(byte* input, byte* output, int count, byte minimum, byte maximum)
    {
        var (least, greatest) = (Vector256.Create(minimum), Vector256.Create(maximum));
        var i = 0;
        for (; i <= count - Vector256<byte>.Count; i += Vector256<byte>.Count)
            Vector256.Min(Vector256.Max(Vector256.Load(input + i), least), greatest).Store(output + i);
        base.Clip(input + i, output + i, count - i, minimum, maximum);
    }

    private FloatConvolution Prepare<TFloats, TVector>(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
        where TFloats : struct, IFloatVectors<TVector> where TVector : struct =>
        geometry.Groups == 1 ? new FloatMatrixConvolution<TFloats, TVector>(geometry, weights, bias, minimum, maximum)
        : geometry.IsDepthwise ? new FloatDepthwiseConvolution<TFloats, TVector>(geometry, weights, bias, minimum, maximum)
        : base.Prepare(geometry, weights, bias, minimum, maximum);

    /// <summary>From three planes of bytes to pixels of three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InterleaveThree(byte* planes, byte* output, int pixels)
    {
        var orders = interleavingOrders;
        var (order00, order01, order02) = (orders[0], orders[1], orders[2]);
        var (order10, order11, order12) = (orders[3], orders[4], orders[5]);
        var (order20, order21, order22) = (orders[6], orders[7], orders[8]);
        var i = 0;
        for (; i <= pixels - 16; i += 16)
        {
            var (red, green) = (Vector128.Load(planes + i), Vector128.Load(planes + pixels + i));
            var blue = Vector128.Load(planes + 2 * pixels + i);
            var target = output + 3 * i;
            (Vector128.Shuffle(red, order00) | Vector128.Shuffle(green, order01) | Vector128.Shuffle(blue, order02)).Store(target);
            (Vector128.Shuffle(red, order10) | Vector128.Shuffle(green, order11) | Vector128.Shuffle(blue, order12)).Store(target + 16);
            (Vector128.Shuffle(red, order20) | Vector128.Shuffle(green, order21) | Vector128.Shuffle(blue, order22)).Store(target + 32);
        }
        for (; i < pixels; i++)
            for (var channel = 0; channel < 3; channel++)
                output[3 * i + channel] = planes[channel * pixels + i];
    }

    private static Vector128<byte> InterleavingOrder(int vector, int plane)
    {
        var order = Vector128.Create(byte.MaxValue);
        for (var i = 0; i < 16; i++)
        {
            var (pixel, channel) = Math.DivRem(vector * 16 + i, 3);
            if (channel == plane) order = order.WithElement(i, (byte)pixel);
        }
        return order;
    }

    /// <summary>Eight bytes of memory as 32-bit integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> ToInt32(byte* values)
    {
        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(values)).AsByte()));
        return Vector256.Create(low, high).AsInt32();
    }

    /// <summary>Integers from 0 to 255 as bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> ToBytes(Vector256<int> first, Vector256<int> second, Vector256<int> third, Vector256<int> fourth) =>
        Vector256.Narrow(Vector256.Narrow(first, second).AsUInt16(), Vector256.Narrow(third, fourth).AsUInt16());
}
