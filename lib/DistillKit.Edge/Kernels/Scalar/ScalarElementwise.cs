namespace DistillKit.Edge.Kernels.Scalar;

/// <summary>The definitions of the kernels that treat each value by itself.</summary>
internal static unsafe class ScalarElementwise
{
    /// <summary>NaN stays NaN.</summary>
    public static float Clamp(float value, float minimum, float maximum) => MathF.Min(MathF.Max(value, minimum), maximum);

    /// <summary>The clamp comes before the rounding, where a float has no trouble to hold the value; NaN fails both comparisons.</summary>
    public static byte Quantize(float value, float scale, byte zeroPoint)
    {
        float steps = value / scale, lowest = -zeroPoint, highest = 255 - zeroPoint;
        steps = steps > lowest ? steps : lowest;
        steps = steps < highest ? steps : highest;
        return (byte)((int)MathF.Round(steps) + zeroPoint);
    }

    public static void Quantize(float* input, byte* output, int count, float scale, byte zeroPoint)
    {
        for (var i = 0; i < count; i++) output[i] = Quantize(input[i], scale, zeroPoint);
    }

    public static void QuantizeImages(float* input, byte* output, int images, int channels, int pixels, float scale, byte zeroPoint)
    {
        for (var image = 0; image < images; image++)
            for (var channel = 0; channel < channels; channel++)
            {
                var target = output + (long)image * channels * pixels + channel;
                for (var pixel = 0; pixel < pixels; pixel++, target += channels) *target = Quantize(*input++, scale, zeroPoint);
            }
    }

    public static void InterleaveImages(float* input, float* output, int images, int channels, int pixels)
    {
        for (var image = 0; image < images; image++)
            for (var channel = 0; channel < channels; channel++)
            {
                var target = output + (long)image * channels * pixels + channel;
                for (var pixel = 0; pixel < pixels; pixel++, target += channels) *target = *input++;
            }
    }

    public static void Dequantize(byte* input, float* output, int count, float scale, byte zeroPoint)
    {
        for (var i = 0; i < count; i++) output[i] = (input[i] - zeroPoint) * scale;
    }

    public static (float Minimum, float Maximum) Range(float* input, int count)
    {
        float minimum = 0, maximum = 0;
        for (var i = 0; i < count; i++)
        {
            if (input[i] < minimum) minimum = input[i];
            if (input[i] > maximum) maximum = input[i];
        }
        return (minimum, maximum);
    }

    public static void Add(byte* first, byte* second, byte* output, int count, Addition addition)
    {
        for (var i = 0; i < count; i++) output[i] = addition.Apply(first[i], second[i]);
    }

    public static void Add(float* first, float* second, float* output, int count, float minimum, float maximum)
    {
        for (var i = 0; i < count; i++) output[i] = Clamp(first[i] + second[i], minimum, maximum);
    }

    public static void Clamp(float* input, float* output, int count, float minimum, float maximum)
    {
        for (var i = 0; i < count; i++) output[i] = Clamp(input[i], minimum, maximum);
    }

    public static void Clamp(byte* input, byte* output, int count, byte minimum, byte maximum)
    {
        for (var i = 0; i < count; i++) output[i] = Math.Clamp(input[i], minimum, maximum);
    }
}
