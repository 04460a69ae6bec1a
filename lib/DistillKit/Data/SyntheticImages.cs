namespace DistillKit.Data;

/// <summary>Ten shapes of any colour, place and size, on noise, drawn in whole numbers: the same bytes everywhere.</summary>
public static class SyntheticImages
{
    private const int Size = 32;
    private const int SubPixels = 2;
    private const int LeastContrast = 120;
    private const int Noise = 24;

    /// <summary>The shapes, in the order of the labels.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["disc", "square", "triangle", "cross", "ring", "frame", "saltire", "rows", "columns", "checker"];

    /// <summary>Draws images. Image i shows shape i modulo 10 and depends on nothing but the seed and i.</summary>
    public static ImageSet Create(int count, ulong seed)
    {
        var (pixels, labels) = (new byte[count * ImageSet.Channels * Size * Size], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % ClassNames.Count);
            Draw(pixels.AsSpan(i * ImageSet.Channels * Size * Size, ImageSet.Channels * Size * Size), labels[i], SplitMix64.At(seed, i));
        }
        return new(pixels, labels, ClassNames);
    }

    private static void Draw(Span<byte> image, int shape, SplitMix64 random)
    {
        // Lengths are in sub-pixels; the shape may touch the border but not leave the image.
        var radius = SubPixels * (6 + random.Below(8));
        var room = SubPixels * Size - 2 * radius;
        var (centreX, centreY) = (radius + random.Below(room + 1), radius + random.Below(room + 1));
        int[] first = Colour(random), second = Colour(random), ink = Colour(random);
        while (Distance(ink, first) < LeastContrast || Distance(ink, second) < LeastContrast)
            ink = Colour(random);
        var (slopeX, slopeY) = (random.Below(Size), random.Below(Size));

        for (var y = 0; y < Size; y++)
            for (var x = 0; x < Size; x++)
            {
                var covered = 0;
                for (var sub = 0; sub < SubPixels * SubPixels; sub++)
                    if (Inside(shape, SubPixels * x + sub % SubPixels - centreX, SubPixels * y + sub / SubPixels - centreY, radius))
                        covered++;
                var shade = (x * slopeX + y * slopeY) / Math.Max(1, slopeX + slopeY);
                for (var channel = 0; channel < ImageSet.Channels; channel++)
                {
                    var background = (first[channel] * (Size - shade) + second[channel] * shade) / Size;
                    var value = (ink[channel] * covered + background * (SubPixels * SubPixels - covered)) / (SubPixels * SubPixels);
                    // The sum of two even draws: small deviations are likelier than large ones.
                    var noise = random.Below(Noise + 1) + random.Below(Noise + 1) - Noise;
                    image[(channel * Size + y) * Size + x] = (byte)Math.Clamp(value + noise, 0, 255);
                }
            }
    }

    /// <summary>Whether a point belongs to a shape of radius r around the origin.</summary>
    private static bool Inside(int shape, int x, int y, int r)
    {
        var (ax, ay) = (Math.Abs(x), Math.Abs(y));
        var inSquare = Math.Max(ax, ay) < r;
        var period = Math.Max(4, r / 2);
        bool oddColumn = (x + r) / (period / 2) % 2 == 1, oddRow = (y + r) / (period / 2) % 2 == 1;
        return shape switch
        {
            0 => x * x + y * y < r * r,
            1 => inSquare && Math.Max(ax, ay) * 8 < r * 7,
            2 => inSquare && 2 * ax < y + r,
            3 => inSquare && Math.Min(ax, ay) * 4 < r,
            4 => x * x + y * y < r * r && 4 * (x * x + y * y) > r * r,
            5 => inSquare && Math.Max(ax, ay) * 2 > r,
            6 => inSquare && Math.Abs(ax - ay) * 3 < r,
            7 => inSquare && oddRow,
            8 => inSquare && oddColumn,
            9 => inSquare && oddRow != oddColumn,
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "There are ten shapes."),
        };
    }

    private static int[] Colour(SplitMix64 random) => [random.Below(256), random.Below(256), random.Below(256)];

    private static int Distance(int[] a, int[] b) => Math.Abs(a[0] - b[0]) + Math.Abs(a[1] - b[1]) + Math.Abs(a[2] - b[2]);
}
