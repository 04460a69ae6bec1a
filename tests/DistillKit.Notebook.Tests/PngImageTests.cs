using DistillKit.Notebook.Formatting;
using DistillKit.Runs.Installation;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Notebook.Tests;

public sealed class PngImageTests
{
    [Fact]
    public void What_is_encoded_is_decoded_to_the_same_pixels()
    {
        var images =
            from width in Gen.Choose(1, 40)
            from height in Gen.Choose(1, 40)
            from pixels in Gen.Choose(0, 255).ArrayOf(width * height * 3)
            select (width, height, pixels: pixels.Select(value => (byte)value).ToArray());
        Prop.ForAll(images.ToArbitrary(), image => RgbPng.Decode(PngImage.Encode(image.pixels, image.width, image.height), image.width, image.height).SequenceEqual(image.pixels)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_known_image_has_the_bytes_of_the_specification()
    {
        var png = PngImage.Encode([255, 0, 0], 1, 1);
        Assert.Equal("89504E470D0A1A0A0000000D4948445200000001000000010802000000907753DE", Convert.ToHexString(png.AsSpan(0, 33)));
        Assert.Equal("0000000049454E44AE426082", Convert.ToHexString(png.AsSpan(png.Length - 12)));
    }

    [Theory]
    [InlineData(3, 0, 1)]
    [InlineData(3, 1, 0)]
    [InlineData(4, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(3, -1, -1)]
    public void Pixels_that_do_not_fit_the_size_are_refused(int bytes, int width, int height) => Assert.Throws<ArgumentException>(() => PngImage.Encode(new byte[bytes], width, height));
}
