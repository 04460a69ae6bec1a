namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>The constants of a layer's panels, as <see cref="PanelLayout"/> says.</summary>
internal sealed unsafe class PanelParameters : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly IReadOnlyList<Panel> _panels;
    private readonly PanelLayout _layout;
    private readonly Epilogue _epilogue;
    private readonly int[] _bias;
    private readonly int[] _weightSums;
    private readonly int _activationShift;

    /// <param name="panels">The panels.</param>
    /// <param name="epilogue">What becomes of the accumulators.</param>
    /// <param name="weights">The weights, output channel by output channel.</param>
    /// <param name="bias">The biases, or none.</param>
    /// <param name="activationShift">What the kernel subtracts from the activations before it multiplies them.</param>
    public PanelParameters(
        IReadOnlyList<Panel> panels, Epilogue epilogue, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int activationShift = 0)
    {
        var channels = panels.Sum(panel => panel.Channels);
        (_panels, _layout, _epilogue) = (panels, new(panels[0].Lanes), epilogue);
        _activationShift = activationShift;
        _bias = bias.IsEmpty ? new int[channels] : bias.ToArray();
        _weightSums = new int[channels];
        for (var i = 0; i < weights.Length; i++) _weightSums[i / (weights.Length / channels)] += weights[i];
        _buffer = new((long)panels.Count * _layout.PanelBytes);
        for (var i = 0; i < panels.Count; i++)
        {
            if (epilogue is Requantize requantize) Write(panels[i], this[i], requantize);
            else Write(panels[i], this[i], (Dequantize)epilogue);
        }
        Bind(0, 1);
    }

    /// <summary>The constants of a panel.</summary>
    public byte* this[int panel] => _buffer.Pointer + (long)panel * _layout.PanelBytes;

    /// <summary>Folds the input's zero point into the bias, and its scale into the factors: sum((x - z) * w) + b = sum(x * w) + (b - z * sum(w)).</summary>
    public void Bind(byte inputZeroPoint, float inputScale)
    {
        for (var i = 0; i < _panels.Count; i++)
            for (var column = 0; column < _panels[i].Columns; column++)
                for (var element = 0; element < _panels[i].Lanes; element++)
                {
                    var channel = _panels[i].ChannelAt(column, element);
                    if (channel < 0) continue;
                    var vectors = Column(this[i], column);
                    ((int*)(vectors + _layout.Bias))[element] = _bias[channel] - (inputZeroPoint - _activationShift) * _weightSums[channel];
                    if (_epilogue is Dequantize dequantize) ((float*)(vectors + _layout.Factor))[element] = dequantize.Scales[channel] * inputScale;
                }
    }

    public void Dispose() => _buffer.Dispose();

    private byte* Column(byte* parameters, int column) => parameters + _layout.Columns + column * _layout.ColumnBytes;

    private void Write(Panel panel, byte* parameters, Requantize epilogue)
    {
        var vector = panel.Lanes * sizeof(int);
        new Span<short>(parameters + _layout.Rounding, vector / sizeof(short)).Fill((short)(1 + 2 * epilogue.ZeroPoint));
        new Span<short>(parameters + _layout.Half, vector / sizeof(short)).Fill(1 << 14);
        new Span<byte>(parameters + _layout.Minimum, vector).Fill(epilogue.Minimum);
        new Span<byte>(parameters + _layout.Maximum, vector).Fill(epilogue.Maximum);
        for (var i = 0; i < panel.Lanes; i++) ((int*)(parameters + _layout.Order))[i] = i % (4 * panel.Columns) / panel.Columns * 4 + i % panel.Columns;
        *(ulong*)(parameters + _layout.Masks) = ulong.MaxValue >> (64 - panel.Channels);
        for (var column = 0; column < panel.Columns; column++)
            for (var element = 0; element < panel.Lanes; element++)
            {
                var channel = panel.ChannelAt(column, element);
                if (channel < 0) continue;
                var vectors = Column(parameters, column);
                var excess = FixedPoint.UsualShift - epilogue.Shifts[channel];
                if (excess is < 0 or > FixedPoint.UsualShift - FixedPoint.LeastShift || (excess > 0 && epilogue.Multipliers[channel] < 1 << 30))
                    throw new ArgumentException("a requantization that FixedPoint.Of cannot have made", nameof(epilogue));
                ((int*)(vectors + _layout.Even))[element] = epilogue.Multipliers[channel];
                if (element % 2 == 1) ((int*)(vectors + _layout.Odd))[element - 1] = epilogue.Multipliers[channel];
                ((int*)(vectors + _layout.Excess))[element] = excess;
                ((int*)(vectors + _layout.Low))[element] = int.MinValue >> excess;
                ((int*)(vectors + _layout.High))[element] = int.MaxValue >> excess;
            }
    }

    private void Write(Panel panel, byte* parameters, Dequantize epilogue)
    {
        new Span<float>(parameters + _layout.Minimum, panel.Lanes).Fill(epilogue.Minimum);
        new Span<float>(parameters + _layout.Maximum, panel.Lanes).Fill(epilogue.Maximum);
        for (var column = 0; column < panel.Columns; column++)
        {
            ((ulong*)(parameters + _layout.Masks))[column] = (1u << Math.Clamp(panel.Channels - column * panel.Lanes, 0, panel.Lanes)) - 1;
            for (var element = 0; element < panel.Lanes; element++)
            {
                if (panel.ChannelAt(column, element) is var channel and >= 0)
                    ((float*)(Column(parameters, column) + _layout.FloatBias))[element] = epilogue.Biases[channel];
            }
        }
    }
}
