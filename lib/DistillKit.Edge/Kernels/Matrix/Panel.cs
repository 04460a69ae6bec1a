namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>Output channels that are computed together: some vectors ("columns") of 32-bit accumulators. Where the results are packed to
/// bytes, the channels are dealt out so that packing puts them into their natural order: the pack instructions work within the 128-bit
/// lanes of a vector and join the lanes of all columns, so lane l of column c holds the channels from (l * columns + c) * 4.</summary>
/// <param name="Channels">How many of the columns' elements are in use.</param>
/// <param name="Lanes">Elements of a vector.</param>
/// <param name="IsInterleaved">The channels are dealt out for packing.</param>
internal readonly record struct Panel(int FirstChannel, int Channels, int Columns, int Lanes, bool IsInterleaved)
{
    /// <summary>The output channel of an accumulator, or -1 beyond the last one.</summary>
    public int ChannelAt(int column, int element)
    {
        var channel = IsInterleaved ? (element / 4 * Columns + column) * 4 + element % 4 : column * Lanes + element;
        return channel < Channels ? FirstChannel + channel : -1;
    }

    /// <summary>Panels of the most columns, and for the last channels of no more than they need: 1, 2 or 4.</summary>
    public static List<Panel> Cover(int channels, int lanes, int leastColumns, int mostColumns, bool isInterleaved)
    {
        var panels = new List<Panel>();
        for (var first = 0; first < channels; first += panels[^1].Channels)
        {
            var left = channels - first;
            var columns = Math.Clamp(left > 3 * lanes ? 4 : left > lanes ? 2 : 1, leastColumns, mostColumns);
            panels.Add(new(first, Math.Min(left, columns * lanes), columns, lanes, isInterleaved));
        }
        return panels;
    }
}
