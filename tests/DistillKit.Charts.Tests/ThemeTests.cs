namespace DistillKit.Charts.Tests;

public class ThemeTests
{
    [Theory]
    [InlineData("#ffffff")]
    [InlineData("#1e1e1e")]
    public void Letters_and_the_first_colours_are_seen_on_white_and_on_dark_pages(string page)
    {
        Assert.True(Theme.contrast(Theme.Ink, page) >= 4, $"ink {Theme.contrast(Theme.Ink, page)}");
        foreach (var color in Theme.Colors.Take(4)) Assert.True(Theme.contrast(color, page) >= 3, $"{color} {Theme.contrast(color, page)}");
    }

    [Fact]
    public void No_grey_has_much_more_contrast_with_both_pages()
    {
        var best = Enumerable.Range(0, 256).Select(level => $"#{level:x2}{level:x2}{level:x2}").Max(Weaker);
        Assert.InRange(Weaker(Theme.Ink), best - 0.05, best);

        static double Weaker(string grey) => Math.Min(Theme.contrast(grey, "#ffffff"), Theme.contrast(grey, "#1e1e1e"));
    }

    [Fact]
    public void Contrast_is_that_of_the_standard()
    {
        Assert.Equal(21, Theme.contrast("#000000", "#ffffff"), 6);
        Assert.Equal(4.54, Theme.contrast("#767676", "#ffffff"), 2);
    }

    [Fact]
    public void The_scale_goes_through_its_steps_and_gets_lighter()
    {
        foreach (var (stop, color) in Theme.Scale.Select(step => (step.Item1, step.Item2))) Assert.Equal(color, Theme.ofScale(stop));
        var lights = Enumerable.Range(0, 101).Select(share => Theme.luminance(Theme.ofScale(share / 100.0))).ToArray();
        Assert.All(lights.Zip(lights.Skip(1)), pair => Assert.True(pair.Second >= pair.First));
    }

    [Fact]
    public void Numbers_on_the_scale_are_read_everywhere() =>
        Assert.All(
            Enumerable.Range(0, 101).Select(share => Theme.ofScale(share / 100.0)),
            color => Assert.True(Theme.contrast(Theme.textOn(color), color) >= 4.5));
}
