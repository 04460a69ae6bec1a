namespace DistillKit.Edge.Sample;

/// <summary>Decodes binary PPM (P6, colour) and PGM (P5, grey) with 8 bits, https://netpbm.sourceforge.net/doc/ppm.html.</summary>
internal static class Pixmap
{
    public static Picture Decode(ReadOnlySpan<byte> file)
    {
        var (position, channels) = (2, file[1] == '6' ? 3 : 1);
        var (width, height, maximum) = (Number(file, ref position), Number(file, ref position), Number(file, ref position));
        Picture.CheckSize(width, height);
        if (maximum != 255)
            throw new EdgeException($"The PPM image has values up to {maximum}. Convert it to 8 bits.");
        // One white space ends the header.
        var pixels = file[Math.Min(position + 1, file.Length)..];
        if (pixels.Length < (long)width * height * channels)
            throw new EdgeException("The PPM image is cut off. Copy it again.");
        var colour = new byte[width * height * 3];
        for (var i = 0; i < colour.Length; i++)
            colour[i] = pixels[channels == 3 ? i : i / 3];
        return new(width, height, colour);
    }

    /// <summary>The next number of the header; comments run from # to the end of a line.</summary>
    private static int Number(ReadOnlySpan<byte> file, ref int position)
    {
        while (position < file.Length && !char.IsAsciiDigit((char)file[position]))
            if (file[position++] == '#')
                while (position < file.Length && file[position] != '\n')
                    position++;
        var number = 0L;
        for (; position < file.Length && char.IsAsciiDigit((char)file[position]) && number < int.MaxValue; position++)
            number = 10 * number + file[position] - '0';
        return number is > 0 and <= int.MaxValue ? (int)number : throw new EdgeException("The PPM image has no valid header. Convert it again.");
    }
}
