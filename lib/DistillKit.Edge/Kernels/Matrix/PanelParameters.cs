namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>The constants of a layer's panels, in the places that <see cref="PanelOffsets"/> gives.</summary>
internal sealed unsafe class PanelParameters : IDisposable
{
    private readonly NativeBuffer buffer;
    private readonly IReadOnlyList<Panel> panels;
    private readonly PanelOffsets at;
    private readonly Epilogue epilogue;
    private readonly int[] bias, weightSums;
    private readonly nint[] places;
    private readonly int activationShift;

    /// <param name="weights">Output channel by output channel.</param>
    /// <param name="activationShift">What the kernel subtracts from the activations before it multiplies them.</param>
    public PanelParameters(
        IReadOnlyList<Panel> panels, Epilogue epilogue, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int activationShift)
    {
        var channels = panels.Sum(panel => panel.Channels);
        (this.panels, this.epilogue, this.activationShift) = (panels, epilogue, activationShift);
        at = new(panels[0].Lanes);
        this.bias = bias.IsEmpty ? new int[channels] : bias.ToArray();
        weightSums = new int[channels];
        for (var i = 0; i < weights.Length; i++) weightSums[i / (weights.Length / channels)] += weights[i];
        buffer = new((long)panels.Count * at.PanelBytes);
        for (var i = 0; i < panels.Count; i++)
            if (epilogue is Requantize requantize) Write(panels[i], this[i], requantize);
            else if (epilogue is Dequantize dequantize) Write(panels[i], this[i], dequantize);
            else throw new UnreachableException(epilogue.ToString());
        places = PlacesOf(channels);
        Bind(new(1, 0));
    }

    /// <summary>The constants of a panel.</summary>
    public byte* this[int panel] => buffer.Pointer + (long)panel * at.PanelBytes;

    /// <summary>Folds the input's zero point into the bias, and its scale into the factors: sum((x - z) * w) + b = sum(x * w) + (b - z *
    /// sum(w)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Bind(QuantizationGrid input)
    {
        var zero = input.ZeroPoint - activationShift;
        for (var channel = 0; channel < places.Length; channel++)
            *(int*)(buffer.Pointer + places[channel] + at.Bias) = bias[channel] - zero * weightSums[channel];
        if (epilogue is not Dequantize dequantize) return;
        for (var channel = 0; channel < places.Length; channel++)
            *(float*)(buffer.Pointer + places[channel] + at.Factor) = dequantize.Factor(channel, input);
    }

    public void Dispose() => buffer.Dispose();

    /// <summary>How far from the beginning the element of each channel is, in the first vector of its column.</summary>
    private nint[] PlacesOf(int channels)
    {
        var found = new nint[channels];
        for (var i = 0; i < panels.Count; i++)
            for (var column = 0; column < panels[i].Columns; column++)
                for (var element = 0; element < panels[i].Lanes; element++)
                    if (panels[i].ChannelAt(column, element) is var channel and >= 0)
                        found[channel] = (nint)(Column(this[i], column) - buffer.Pointer) + element * sizeof(int);
        return found;
    }

    private byte* Column(byte* parameters, int column) => parameters + at.Columns + column * at.ColumnBytes;

    private void Write(Panel panel, byte* parameters, Requantize requantize)
    {
        var vector = panel.Lanes * sizeof(int);
        new Span<short>(parameters + at.Rounding, vector / sizeof(short)).Fill((short)(1 + 2 * requantize.ZeroPoint));
        new Span<short>(parameters + at.Half, vector / sizeof(short)).Fill(1 << 14);
        new Span<byte>(parameters + at.Minimum, vector).Fill(requantize.Minimum);
        new Span<byte>(parameters + at.Maximum, vector).Fill(requantize.Maximum);
        for (var i = 0; i < panel.Lanes; i++)
            ((int*)(parameters + at.Order))[i] = i % (4 * panel.Columns) / panel.Columns * 4 + i % panel.Columns;
        *(ulong*)(parameters + at.Masks) = ulong.MaxValue >> (64 - panel.Channels);
        for (var column = 0; column < panel.Columns; column++)
            for (var element = 0; element < panel.Lanes; element++)
            {
                var channel = panel.ChannelAt(column, element);
                if (channel < 0) continue;
                var (multiplier, shift) = requantize.Factors[channel];
                var vectors = Column(parameters, column);
                var excess = FixedPoint.UsualShift - shift;
                ((int*)(vectors + at.Even))[element] = multiplier;
                if (element % 2 == 1) ((int*)(vectors + at.Odd))[element - 1] = multiplier;
                ((int*)(vectors + at.Excess))[element] = excess;
                ((int*)(vectors + at.Low))[element] = int.MinValue >> excess;
                ((int*)(vectors + at.High))[element] = int.MaxValue >> excess;
            }
    }

    private void Write(Panel panel, byte* parameters, Dequantize dequantize)
    {
        new Span<float>(parameters + at.Minimum, panel.Lanes).Fill(dequantize.Minimum);
        new Span<float>(parameters + at.Maximum, panel.Lanes).Fill(dequantize.Maximum);
        for (var column = 0; column < panel.Columns; column++)
        {
            var stored = Math.Clamp(panel.Channels - column * panel.Lanes, 0, panel.Lanes);
            ((ulong*)(parameters + at.Masks))[column] = (1u << stored) - 1;
            for (var element = 0; element < panel.Lanes; element++)
                if (panel.ChannelAt(column, element) is var channel and >= 0)
                    ((float*)(Column(parameters, column) + at.FloatBias))[element] = dequantize.Biases[channel];
        }
    }
}
