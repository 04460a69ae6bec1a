namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>
/// The constants that machine code needs for one panel, in the order in which it reads them: a header of vectors and masks, then for each column
/// its bias and what its epilogue multiplies with. Offsets are bytes; a vector has 64.
/// </summary>
internal static unsafe class Parameters
{
    private const int Vector = 64;

    /// <summary>Header. For u8: 16-bit rounding terms, byte limits and the order of the permutation after packing; for float: the two limits.</summary>
    public const int Rounding = 0, Minimum = Vector, Maximum = 2 * Vector, Order = 3 * Vector, Masks = 4 * Vector;

    /// <summary>Columns. For u8: multipliers of even and odd channels, then shift and limits of large factors; for float: factor and bias.</summary>
    public const int Columns = 5 * Vector, Bias = 0, Even = Vector, Odd = 2 * Vector, Shift = 3 * Vector, Low = 4 * Vector, High = 5 * Vector,
        ColumnBytes = 6 * Vector;

    public const int Factor = Even, FloatBias = Odd;

    public const int PanelBytes = Columns + Panel.MostColumns * ColumnBytes;

    /// <summary>Fills in all that does not depend on how the input is quantized.</summary>
    public static void Write(byte* parameters, Panel panel, Epilogue epilogue)
    {
        if (epilogue is Requantize requantize) WriteBytes(parameters, panel, requantize);
        else WriteFloats(parameters, panel, (Dequantize)epilogue);
    }

    /// <summary>Folds the input's zero point into the bias, and its scale into the factors: sum((x - z) * w) + b = sum(x * w) + (b - z * sum(w)).</summary>
    public static void Bind(byte* parameters, Panel panel, Epilogue epilogue, int[] bias, int[] weightSums, byte zeroPoint, float scale)
    {
        for (var column = 0; column < panel.Columns; column++)
        {
            var vectors = parameters + Columns + column * ColumnBytes;
            for (var element = 0; element < Panel.Lanes; element++)
            {
                var channel = panel.ChannelAt(column, element);
                if (channel < 0) continue;
                ((int*)(vectors + Bias))[element] = bias[channel] - zeroPoint * weightSums[channel];
                if (epilogue is Dequantize dequantize) ((float*)(vectors + Factor))[element] = dequantize.Scales[channel] * scale;
            }
        }
    }

    private static void WriteBytes(byte* parameters, Panel panel, Requantize epilogue)
    {
        new Span<short>(parameters + Rounding, Vector / sizeof(short)).Fill((short)(1 + 2 * epilogue.ZeroPoint));
        new Span<byte>(parameters + Minimum, Vector).Fill(epilogue.Minimum);
        new Span<byte>(parameters + Maximum, Vector).Fill(epilogue.Maximum);
        for (var i = 0; i < Panel.Lanes; i++) ((int*)(parameters + Order))[i] = i % (4 * panel.Columns) / panel.Columns * 4 + i % panel.Columns;
        *(ulong*)(parameters + Masks) = ulong.MaxValue >> (Vector - panel.Channels);
        for (var column = 0; column < panel.Columns; column++)
        {
            var vectors = parameters + Columns + column * ColumnBytes;
            for (var element = 0; element < Panel.Lanes; element++)
            {
                var channel = panel.ChannelAt(column, element);
                if (channel < 0) continue;
                var excess = FixedPoint.UsualShift - epilogue.Shifts[channel];
                ((int*)(vectors + Even))[element] = epilogue.Multipliers[channel];
                if (element % 2 == 1) ((int*)(vectors + Odd))[element - 1] = epilogue.Multipliers[channel];
                ((int*)(vectors + Shift))[element] = excess;
                ((int*)(vectors + Low))[element] = int.MinValue >> excess;
                ((int*)(vectors + High))[element] = int.MaxValue >> excess;
            }
        }
    }

    private static void WriteFloats(byte* parameters, Panel panel, Dequantize epilogue)
    {
        new Span<float>(parameters + Minimum, Panel.Lanes).Fill(epilogue.Minimum);
        new Span<float>(parameters + Maximum, Panel.Lanes).Fill(epilogue.Maximum);
        for (var column = 0; column < panel.Columns; column++)
        {
            var channels = Math.Clamp(panel.Channels - column * Panel.Lanes, 0, Panel.Lanes);
            ((ulong*)(parameters + Masks))[column] = (1u << channels) - 1;
            var vectors = parameters + Columns + column * ColumnBytes;
            for (var element = 0; element < Panel.Lanes; element++)
            {
                if (panel.ChannelAt(column, element) is var channel and >= 0) ((float*)(vectors + FloatBias))[element] = epilogue.Biases[channel];
            }
        }
    }
}
