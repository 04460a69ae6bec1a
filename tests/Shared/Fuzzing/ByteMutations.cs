namespace Tests.Shared.Fuzzing;

/// <summary>Damages a file without knowing what it means.</summary>
public static class ByteMutations
{
    /// <summary>Changes a few places: bits, bytes, runs, cuts, doubled and moved parts, odd numbers of 2, 4 or 8 bytes.</summary>
    public static byte[] Apply(Random random, byte[] file)
    {
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
            file = Once(random, file);
        return file;
    }

    private static byte[] Once(Random random, byte[] file)
    {
        if (file.Length < 2)
            return file;
        var (position, length) = (random.Next(file.Length), random.Next(1, 17));
        var end = Math.Min(position + length, file.Length);
        switch (random.Next(8))
        {
            case 0:
                file[position] ^= (byte)(1 << random.Next(8));
                return file;
            case 1:
                file[position] = (byte)random.Next(256);
                return file;
            case 2:
                file.AsSpan(position, end - position).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0);
                return file;
            case 3:
                return file[..position];
            case 4:
                return [.. file[..position], .. file[end..]];
            case 5:
                return [.. file[..end], .. file[position..]];
            case 6:
                var number = BitConverter.GetBytes(OddNumbers.Integer(random))[..(2 << random.Next(3))];
                if (random.Next(2) == 0)
                    Array.Reverse(number);
                number.AsSpan(0, Math.Min(number.Length, file.Length - position)).CopyTo(file.AsSpan(position));
                return file;
            default:
                var source = random.Next(file.Length - 1);
                length = Math.Min(end - position, file.Length - source);
                file.AsSpan(source, length).ToArray().CopyTo(file.AsSpan(Math.Min(position, file.Length - length)));
                return file;
        }
    }
}

/// <summary>Numbers at which programs fail.</summary>
public static class OddNumbers
{
    private static readonly long[] integers =
        [0, 1, 2, 3, 7, 64, 255, 65536, 1 << 24, int.MaxValue, 1L << 32, 1L << 62, long.MaxValue, -1, -2, int.MinValue, long.MinValue];

    private static readonly double[] reals =
        [0, -0.0, 1, -1, 0.1, 1e-300, 1e-45, 1e-30, 1e30, float.MaxValue, 1e300, double.NaN, double.PositiveInfinity,
        double.NegativeInfinity];

    public static long Integer(Random random) => integers[random.Next(integers.Length)];

    public static double Real(Random random) => reals[random.Next(reals.Length)];
}
