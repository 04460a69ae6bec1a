using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistillKit.Edge.Kernels.Vectors;

/// <summary>From planes of bytes [C, pixels] to pixels [pixels, C].</summary>
internal static unsafe class Interleaving
{
    private const int Lanes = 16;

    // For each of the three vectors that 16 pixels make, and each plane: which of its bytes goes where; 255 leaves a 0.
    private static readonly Vector128<byte>[] _orders = [.. from vector in Enumerable.Range(0, 3) from plane in Enumerable.Range(0, 3) select Order(vector, plane)];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Three(byte* planes, byte* output, int pixels)
    {
        var orders = _orders;
        var (order00, order01, order02) = (orders[0], orders[1], orders[2]);
        var (order10, order11, order12) = (orders[3], orders[4], orders[5]);
        var (order20, order21, order22) = (orders[6], orders[7], orders[8]);
        var i = 0;
        for (; i <= pixels - Lanes; i += Lanes)
        {
            var (red, green, blue) = (Vector128.Load(planes + i), Vector128.Load(planes + pixels + i), Vector128.Load(planes + 2 * pixels + i));
            (Vector128.Shuffle(red, order00) | Vector128.Shuffle(green, order01) | Vector128.Shuffle(blue, order02)).Store(output + 3 * i);
            (Vector128.Shuffle(red, order10) | Vector128.Shuffle(green, order11) | Vector128.Shuffle(blue, order12)).Store(output + 3 * i + Lanes);
            (Vector128.Shuffle(red, order20) | Vector128.Shuffle(green, order21) | Vector128.Shuffle(blue, order22)).Store(output + 3 * i + 2 * Lanes);
        }
        for (; i < pixels; i++)
            for (var channel = 0; channel < 3; channel++)
                output[3 * i + channel] = planes[channel * pixels + i];
    }

    public static void Any(byte* planes, byte* output, int channels, int pixels)
    {
        for (var channel = 0; channel < channels; channel++)
            for (var pixel = 0; pixel < pixels; pixel++)
                output[pixel * channels + channel] = *planes++;
    }

    private static Vector128<byte> Order(int vector, int plane)
    {
        var order = Vector128.Create(byte.MaxValue);
        for (var i = 0; i < Lanes; i++)
        {
            var (pixel, channel) = Math.DivRem(vector * Lanes + i, 3);
            if (channel == plane) order = order.WithElement(i, (byte)pixel);
        }
        return order;
    }
}
