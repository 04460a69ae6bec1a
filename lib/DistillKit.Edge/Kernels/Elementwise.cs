namespace DistillKit.Edge.Kernels;

/// <summary>The kernels that treat each value by itself, written with the vectors that .NET offers on every processor. What fills no vector
/// is computed one by one.</summary>
internal static unsafe class Elementwise
{
    private const int Lanes = 8;

    /// <summary>For each of the three vectors that 16 pixels of three planes make, and each plane: which of its bytes goes where; 255
    /// leaves a 0.</summary>
    private static readonly Vector128<byte>[] interleavingOrders =
        [.. from vector in Enumerable.Range(0, 3) from plane in Enumerable.Range(0, 3) select InterleavingOrder(vector, plane)];

    /// <summary>QuantizeLinear of ONNX: saturate(round(value / scale) + zeroPoint), halves to even; NaN as the lowest value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void QuantizeLinear(float* input, byte* output, int count, QuantizationGrid grid)
    {
        var (scales, zero) = (Vector256.Create(grid.Scale), Vector256.Create((int)grid.ZeroPoint));
        var (lowest, highest) = (Vector256.Create((float)-grid.ZeroPoint), Vector256.Create(255f - grid.ZeroPoint));
        var i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
            ToBytes(Steps(i), Steps(i + Lanes), Steps(i + 2 * Lanes), Steps(i + 3 * Lanes)).Store(output + i);
        for (; i < count; i++) output[i] = QuantizeLinear(input[i], grid);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Steps(int at)
        {
            var steps = Vector256.Load(input + at) / scales;
            steps = Vector256.ConditionalSelect(Vector256.GreaterThan(steps, lowest), steps, lowest);
            steps = Vector256.ConditionalSelect(Vector256.LessThan(steps, highest), steps, highest);
            return Vector256.ConvertToInt32(Vector256.Round(steps)) + zero;
        }
    }

    /// <summary>The same from planar images [N, C, H, W] to [N, H, W, C].</summary>
    public static void QuantizeImages(float* input, byte* output, int images, int channels, int pixels, QuantizationGrid grid)
    {
        var planes = Scratch.First((long)channels * pixels);
        for (var image = 0; image < images; image++, input += channels * pixels, output += channels * pixels)
        {
            QuantizeLinear(input, planes, channels * pixels, grid);
            if (channels == 3) InterleaveThree(planes, output, pixels);
            else Interleave(planes, output, 1, channels, pixels);
        }
    }

    /// <summary>Reorders planar images [N, C, H, W] to [N, H, W, C].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Interleave<T>(T* input, T* output, int images, int channels, int pixels) where T : unmanaged
    {
        for (var image = 0; image < images; image++, output += channels * pixels)
            for (var channel = 0; channel < channels; channel++)
                for (var pixel = 0; pixel < pixels; pixel++) output[pixel * channels + channel] = *input++;
    }

    /// <summary>DequantizeLinear of ONNX: (value - zeroPoint) * scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DequantizeLinear(byte* input, float* output, int count, QuantizationGrid grid)
    {
        var (scales, zero) = (Vector256.Create(grid.Scale), Vector256.Create((int)grid.ZeroPoint));
        var i = 0;
        for (; i <= count - Lanes; i += Lanes) (Vector256.ConvertToSingle(ToInt32(input + i) - zero) * scales).Store(output + i);
        for (; i < count; i++) output[i] = (input[i] - grid.ZeroPoint) * grid.Scale;
    }

    /// <summary>The least and the greatest of the values and 0; NaN is passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Minimum, float Maximum) Range(float* input, int count)
    {
        var (least, greatest) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var values = Vector256.Load(input + i);
            least = Vector256.ConditionalSelect(Vector256.LessThan(values, least), values, least);
            greatest = Vector256.ConditionalSelect(Vector256.GreaterThan(values, greatest), values, greatest);
        }
        var (minimum, maximum) = (0f, 0f);
        for (var lane = 0; lane < Lanes; lane++) (minimum, maximum) = (MathF.Min(minimum, least[lane]), MathF.Max(maximum, greatest[lane]));
        for (; i < count; i++)
        {
            if (input[i] < minimum) minimum = input[i];
            if (input[i] > maximum) maximum = input[i];
        }
        return (minimum, maximum);
    }

    /// <summary>The sum of two quantized tensors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(byte* first, byte* second, byte* output, int count, QuantizedAdd add)
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
        for (; i < count; i++) output[i] = add.Apply(first[i], second[i]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Sum(int at)
        {
            var sum = ToInt32(first + at) * firstFactor + ToInt32(second + at) * secondFactor + constant;
            return Vector256.Min(Vector256.Max((sum >> shift) + zero, minimum), maximum);
        }
    }

    /// <summary>clip(first + second)</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* first, float* second, float* output, int count, float minimum, float maximum)
    {
        var (least, greatest) = (Vector256.Create(minimum), Vector256.Create(maximum));
        var i = 0;
        for (; i <= count - Lanes; i += Lanes)
            Vector256.Min(Vector256.Max(Vector256.Load(first + i) + Vector256.Load(second + i), least), greatest).Store(output + i);
        for (; i < count; i++) output[i] = Clip(first[i] + second[i], minimum, maximum);
    }

    /// <summary>Clip of ONNX for bytes and floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Clip<T>(T* input, T* output, int count, T minimum, T maximum) where T : unmanaged, INumber<T>
    {
        var (least, greatest) = (Vector256.Create(minimum), Vector256.Create(maximum));
        var i = 0;
        for (; i <= count - Vector256<T>.Count; i += Vector256<T>.Count)
            Vector256.Min(Vector256.Max(Vector256.Load(input + i), least), greatest).Store(output + i);
        for (; i < count; i++) output[i] = Clip(input[i], minimum, maximum);
    }

    /// <summary>NaN stays NaN.</summary>
    public static T Clip<T>(T value, T minimum, T maximum) where T : INumber<T> => T.Min(T.Max(value, minimum), maximum);

    /// <summary>Eight bytes of memory as 32-bit integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt32(byte* values)
    {
        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(values)).AsByte()));
        return Vector256.Create(low, high).AsInt32();
    }

    /// <summary>The clip comes before the rounding, while a float still has room for the value; NaN fails both comparisons.</summary>
    private static byte QuantizeLinear(float value, QuantizationGrid grid)
    {
        float steps = value / grid.Scale, lowest = -grid.ZeroPoint, highest = 255 - grid.ZeroPoint;
        steps = steps > lowest ? steps : lowest;
        steps = steps < highest ? steps : highest;
        return (byte)((int)MathF.Round(steps) + grid.ZeroPoint);
    }

    /// <summary>From three planes of bytes to pixels of three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InterleaveThree(byte* planes, byte* output, int pixels)
    {
        var i = 0;
        for (; i <= pixels - 16; i += 16)
        {
            var (red, green) = (Vector128.Load(planes + i), Vector128.Load(planes + pixels + i));
            var blue = Vector128.Load(planes + 2 * pixels + i);
            for (var (orders, vector) = (interleavingOrders, 0); vector < 3; vector++)
                (Vector128.Shuffle(red, orders[3 * vector]) | Vector128.Shuffle(green, orders[3 * vector + 1])
                    | Vector128.Shuffle(blue, orders[3 * vector + 2])).Store(output + 3 * i + 16 * vector);
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

    /// <summary>Integers from 0 to 255 as bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> ToBytes(Vector256<int> first, Vector256<int> second, Vector256<int> third, Vector256<int> fourth) =>
        Vector256.Narrow(Vector256.Narrow(first, second).AsUInt16(), Vector256.Narrow(third, fourth).AsUInt16());
}
