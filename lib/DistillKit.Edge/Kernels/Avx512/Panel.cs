namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>
/// Output channels that are computed together: up to 4 vectors ("columns") of 16 accumulators. Where the results are packed to bytes, the channels
/// are dealt out so that packing puts them into their natural order: the pack instructions work within the four 128-bit lanes of a vector and join
/// the lanes of all columns, so lane l of column c holds the channels from (l * columns + c) * 4.
/// </summary>
internal readonly record struct Panel(int FirstChannel, int Channels, int Columns, bool IsInterleaved)
{
    public const int Lanes = 16, MostColumns = 4;

    /// <summary>The output channel of an accumulator, or -1 beyond the last one.</summary>
    public int ChannelAt(int column, int element)
    {
        var channel = IsInterleaved ? (element / 4 * Columns + column) * 4 + element % 4 : column * Lanes + element;
        return channel < Channels ? FirstChannel + channel : -1;
    }

    /// <summary>Panels of 4, 2 and 1 columns that cover the channels from <paramref name="first"/>.</summary>
    public static List<Panel> Cover(int first, int channels, bool isInterleaved)
    {
        var panels = new List<Panel>();
        for (var end = first + channels; first < end;)
        {
            var left = end - first;
            var columns = left > 3 * Lanes ? MostColumns : left > Lanes ? 2 : 1;
            var taken = Math.Min(left, columns * Lanes);
            panels.Add(new(first, taken, columns, isInterleaved));
            first += taken;
        }
        return panels;
    }
}
