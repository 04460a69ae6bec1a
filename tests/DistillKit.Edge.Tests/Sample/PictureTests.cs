using System.Text;
using EdgeClassify;

namespace DistillKit.Edge.Tests.Sample;

public sealed class PictureTests
{
    internal static readonly byte[] Jpeg = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGB"
        + "YUGBIUFRQBAwQEBQQFCQUFCRQNCw0UFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFP/AABEIAAcACQMB"
        + "IgACEQEDEQH/xAGiAAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCC"
        + "NCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqi"
        + "o6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+gEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQ"
        + "oLEQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdI"
        + "SUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+"
        + "Tl5ufo6ery8/T19vf4+fr/2gAMAwEAAhEDEQA/AMjR/wBhqzlATyoPkJLAEYz1PX3x+VdF/wAMK6b/AHP/AB5a+m9A/wBdcf7z/wAhXRVnKpKE"
        + "uWPkXRpKo2n0P//Z");

    [Theory, InlineData(0, 1), InlineData(2, 3), InlineData(4, 2), InlineData(6, 4)]
    public void Png_of_every_colour_type_is_read(int colourType, int channels)
    {
        var pixels = new byte[7 * 11 * channels];
        new Random(channels).NextBytes(pixels);
        var picture = Picture.Decode(PngFile.Write(7, 11, colourType, pixels), "test");
        Assert.Equal((7, 11), (picture.Width, picture.Height));
        for (var i = 0; i < picture.Pixels.Length; i++)
            Assert.Equal(pixels[i / 3 * channels + (channels < 3 ? 0 : i % 3)], picture.Pixels[i]);
    }

    [Fact]
    public void Jpeg_is_read()
    {
        var picture = Picture.Decode(Jpeg, "test");
        Assert.Equal((9, 7), (picture.Width, picture.Height));
        // What the file was made from, up to what JPEG loses: values that rise slowly, row by row.
        Assert.All(Enumerable.Range(0, 9 * 7 * 3), i => Assert.InRange(picture.Pixels[i] - i, -10, 45));
    }

    [Fact]
    public void Damaged_and_foreign_images_are_refused()
    {
        var png = PngFile.Write(5, 5, 2, [.. Enumerable.Range(0, 75).Select(i => (byte)(i * 97))]);
        // The last twelve bytes only say that the file ends.
        for (var length = 0; length < png.Length - 12; length++)
            AssertRefused(png[..length]);
        foreach (var length in (int[])[2, 20, 100, 150])
            AssertRefused(Jpeg[..length]);
        AssertRefused(PngFile.Write(5, 7, 2, new byte[70]));
        AssertRefused(PngFile.Write(1 << 20, 1 << 20, 2, [1]));
        foreach (var text in (string[])["", "P6 1 1 255 abc", "GIF89a", "BM", "{}"])
            AssertRefused(Encoding.ASCII.GetBytes(text));
    }

    [Fact]
    public void Pictures_too_large_are_refused_by_what_their_header_says()
    {
        var tall = PngFile.Write(1, 1, 0, new byte[1]);
        tall[20] = 1; // the most significant byte of the height
        Assert.Contains("1 x 16777217 pixels", Assert.Throws<EdgeException>(() => Picture.Decode(tall, "tall")).Message);
        var picture = new Picture(1, 1 << 15, new byte[3 << 15]);
        Assert.Contains("too large to become 65536 x 1",
            Assert.Throws<EdgeException>(() => picture.Resized(65536, 1)).Message);
    }

    /// <summary>The decoder makes room for what a chunk says it has, and for all that its pixels inflate to.</summary>
    [Fact]
    public void A_png_that_asks_for_more_memory_than_its_pixels_take_is_refused()
    {
        var png = PngFile.Write(40, 30, 2, new byte[3600]);
        var chunk = png.AsSpan().IndexOf("IDAT"u8) - 4;
        png[chunk] = 0x0B;
        var bomb = PngFile.Write(1, 1, 0, new byte[1 << 20]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(png);
        AssertRefused(bomb);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 18);
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

    private static void AssertRefused(byte[] file) =>
        Assert.DoesNotContain('\n', Assert.Throws<EdgeException>(() => Picture.Decode(file, "test")).Message);
}
