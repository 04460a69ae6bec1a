using DistillKit.Runs.Installation;

namespace DistillKit.Runs.Tests.Installation;

public sealed class RgbPngTests
{
    private const int Width = 7, Height = 11;
    private static readonly byte[] Pixels = [.. Enumerable.Range(0, Width * Height * 3).Select(i => (byte)(i * i * 31 + i))];

    [Fact]
    public void Decoding_gives_the_bytes_that_were_encoded_with_every_filter() =>
        Assert.Equal(Pixels, RgbPng.Decode(FabricatedCifar10.EncodePng(Pixels, Width, Height), Width, Height));

    [Fact]
    public void Every_truncation_is_refused()
    {
        var file = FabricatedCifar10.EncodePng(Pixels, Width, Height);
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => RgbPng.Decode(file.AsSpan(0, length), Width, Height));
    }

    [Fact]
    public void Every_flipped_byte_is_refused()
    {
        var file = FabricatedCifar10.EncodePng(Pixels, Width, Height);
        for (var i = 0; i < file.Length; i++)
        {
            var damaged = file.ToArray();
            damaged[i] ^= 0x55;
            Assert.Throws<InvalidDataException>(() => RgbPng.Decode(damaged, Width, Height));
        }
    }

    [Fact]
    public void An_image_with_an_alpha_channel_is_refused() => Assert.Contains(
        "not 8-bit RGB",
        Assert.Throws<InvalidDataException>(() => RgbPng.Decode(FabricatedCifar10.EncodePng(Pixels, Width, Height, 6), Width, Height))
            .Message);

    [Fact]
    public void An_image_of_another_size_is_refused_with_both_sizes() => Assert.Contains(
        "7 x 11, expected 7 x 12",
        Assert.Throws<InvalidDataException>(() => RgbPng.Decode(FabricatedCifar10.EncodePng(Pixels, Width, Height), Width, Height + 1))
            .Message);
}
