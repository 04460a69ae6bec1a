using System.Text;
using DistillKit.Edge.Sample;

namespace DistillKit.Edge.Tests.Sample;

public sealed class PictureTests
{
    [Theory, InlineData(0, 1), InlineData(2, 3), InlineData(4, 2), InlineData(6, 4)]
    public void Png_of_every_colour_type_is_read(int colourType, int channels)
    {
        var pixels = new byte[7 * 11 * channels];
        new Random(channels).NextBytes(pixels);
        var picture = PictureFile.Decode(PngFile.Write(7, 11, colourType, pixels), "test");
        Assert.Equal((7, 11), (picture.Width, picture.Height));
        for (var i = 0; i < picture.Pixels.Length; i++)
            Assert.Equal(pixels[i / 3 * channels + (channels < 3 ? 0 : i % 3)], picture.Pixels[i]);
    }

    [Fact]
    public void Ppm_and_pgm_are_read()
    {
        Assert.Equal([1, 2, 3, 4, 5, 6], PictureFile.Decode([.. "P6 # a comment\n2 1\n255\n"u8, 1, 2, 3, 4, 5, 6], "test").Pixels);
        Assert.Equal([7, 7, 7, 8, 8, 8], PictureFile.Decode([.. "P5\n1\t2 255 "u8, 7, 8], "test").Pixels);
    }

    [Fact]
    public void Damaged_and_foreign_images_are_refused()
    {
        var png = PngFile.Write(5, 5, 2, new byte[75]);
        for (var length = 0; length < png.Length; length++)
            AssertRefused(png[..length]);
        AssertRefused(PngFile.Write(5, 5, 3, new byte[25]));
        AssertRefused(PngFile.Write(5, 5, 2, new byte[75], depth: 16));
        AssertRefused(PngFile.Write(5, 5, 2, new byte[75], interlace: 1));
        AssertRefused(PngFile.Write(5, 7, 2, new byte[70]));
        foreach (var text in (string[])["", "P6", "P6 1", "P6 1 1 255", "P6 1 1 65535 abcdef", "P6 99999 99999 255 a", "P6 99999999999999999999 1 255 a", "P6 0 1 255 a", "GIF89a", "{}"])
            AssertRefused(Encoding.ASCII.GetBytes(text));
    }

    [Fact]
    public void Mutated_pngs_are_read_or_refused()
    {
        var (random, png) = (new Random(1), PngFile.Write(5, 5, 6, new byte[100]));
        for (var i = 0; i < 2000; i++)
            try
            {
                PictureFile.Decode(Models.ByteMutations.Apply(random, [.. png]), "test");
            }
            catch (EdgeException)
            {
            }
    }

    [Fact]
    public void Resizing_keeps_a_plain_colour_and_the_own_size()
    {
        byte[] pixels = [.. Enumerable.Range(0, 60).Select(i => (byte)(50 * (i % 3)))];
        var plain = new Picture(4, 5, pixels);
        foreach (var (width, height) in ((int, int)[])[(1, 1), (3, 2), (4, 5), (9, 30)])
        {
            var resized = plain.Resized(width, height);
            for (var i = 0; i < resized.Length; i++)
                Assert.Equal(50f * (i / (width * height)), resized[i], 1e-3);
        }
        var random = new byte[60];
        new Random(2).NextBytes(random);
        var same = new Picture(4, 5, random).Resized(4, 5);
        for (var i = 0; i < 60; i++)
            Assert.Equal(random[i % 20 * 3 + i / 20], same[i], 1e-3);
    }

    [Fact]
    public void Enlarging_interpolates_and_shrinking_averages()
    {
        Assert.Equal([0, 25, 75, 100], new Picture(2, 1, [0, 0, 0, 100, 100, 100]).Resized(4, 1)[..4], (a, b) => Math.Abs(a - b) < 1e-3);
        var stripes = new Picture(64, 1, [.. Enumerable.Range(0, 192).Select(i => (byte)(i / 3 % 2 * 200))]);
        Assert.All(stripes.Resized(8, 1), value => Assert.InRange(value, 90, 110));
    }

    private static void AssertRefused(byte[] file) => Assert.DoesNotContain('\n', Assert.Throws<EdgeException>(() => PictureFile.Decode(file, "test")).Message);
}
