namespace DistillKit.Edge.Tests.Models;

/// <summary>Damages a file without knowing what it means.</summary>
internal static class ByteMutations
{
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
        switch (random.Next(7))
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
            default:
                var source = random.Next(file.Length - 1);
                length = Math.Min(end - position, file.Length - source);
                file.AsSpan(source, length).ToArray().CopyTo(file.AsSpan(Math.Min(position, file.Length - length)));
                return file;
        }
    }
}
