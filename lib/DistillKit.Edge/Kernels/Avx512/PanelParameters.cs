namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>The panels of a layer and their <see cref="Parameters"/>.</summary>
internal sealed unsafe class PanelParameters : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly IReadOnlyList<Panel> _panels;
    private readonly Epilogue _epilogue;
    private readonly int[] _bias;
    private readonly int[] _weightSums;

    public PanelParameters(IReadOnlyList<Panel> panels, Epilogue epilogue, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias)
    {
        var channels = panels.Sum(panel => panel.Channels);
        _panels = panels;
        _epilogue = epilogue;
        _bias = bias.IsEmpty ? new int[channels] : bias.ToArray();
        _weightSums = new int[channels];
        for (var i = 0; i < weights.Length; i++) _weightSums[i / (weights.Length / channels)] += weights[i];
        _buffer = new((long)panels.Count * Parameters.PanelBytes);
        for (var i = 0; i < panels.Count; i++) Parameters.Write(this[i], panels[i], epilogue);
        Bind(0, 1);
    }

    public byte* this[int panel] => _buffer.Pointer + (long)panel * Parameters.PanelBytes;

    public void Bind(byte inputZeroPoint, float inputScale)
    {
        for (var i = 0; i < _panels.Count; i++) Parameters.Bind(this[i], _panels[i], _epilogue, _bias, _weightSums, inputZeroPoint, inputScale);
    }

    public void Dispose() => _buffer.Dispose();
}
