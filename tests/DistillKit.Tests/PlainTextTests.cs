namespace DistillKit.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("conv[1] \"é\" 🐈", "conv[1] \"é\" 🐈")]
    [InlineData("two\r\nlines", "two lines")]
    [InlineData("\x1b[31mred\a\t", "\uFFFD[31mred\uFFFD\uFFFD")]
    [InlineData("\u009b2J\u202Egnp.exe\u2069", "\uFFFD2J\uFFFDgnp.exe\uFFFD")]
    public void Text_from_outside_cannot_control_a_terminal(string text, string expected)
    {
        Assert.Equal(expected, PlainText.Of(text));
        Assert.Equal(expected, new UserException(text).Message);
    }
}
