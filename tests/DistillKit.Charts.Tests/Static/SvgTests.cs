using System.Globalization;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using XPlot.Plotly;

namespace DistillKit.Charts.Tests.Static;

public class SvgTests
{
    private static readonly XNamespace Space = "http://www.w3.org/2000/svg";

    [Theory]
    [MemberData(nameof(Gallery.Names), MemberType = typeof(Gallery))]
    public void Every_chart_has_a_static_form_with_marks_and_without_numbers_that_are_none(string name)
    {
        var text = Svg.Render(Gallery.Draw(name));
        var picture = XElement.Parse(text);
        string[] marks = ["circle", "rect", "polygon", "polyline"];
        Assert.True(picture.Descendants().Count(element => marks.Contains(element.Name.LocalName)) >= 2);
        Assert.DoesNotContain("NaN", text);
        Assert.DoesNotContain("Infinity", text);
    }

    [Theory]
    [MemberData(nameof(Gallery.Names), MemberType = typeof(Gallery))]
    public void Every_text_lies_in_the_picture(string name)
    {
        var picture = XElement.Parse(Svg.Render(Gallery.Draw(name)));
        var (width, height) = (Number(picture, "width"), Number(picture, "height"));
        foreach (var span in picture.Descendants(Space + "tspan"))
        {
            Assert.InRange(Number(span, "x"), 0, width);
            Assert.InRange(Number(span, "y"), 8, height);
        }
    }

    [Theory]
    [MemberData(nameof(Gallery.Names), MemberType = typeof(Gallery))]
    public void On_its_card_every_chart_is_640_pixels_wide_and_its_letters_have_14_and_dark_ink(string name)
    {
        var card = XElement.Parse(Svg.RenderCard(Gallery.Draw(name)));
        Assert.Equal(640, Number(card, "width"));
        Assert.Equal("#ffffff", card.Elements(Space + "rect").First().Attribute("fill")?.Value);
        Assert.True(Theme.contrast(card.Attribute("color")!.Value, "#ffffff") >= 4.5);
        Assert.All(card.Descendants(Space + "text"), text => Assert.True(Number(text, "font-size") >= 14, text.ToString()));
    }

    [Theory]
    [MemberData(nameof(Gallery.Names), MemberType = typeof(Gallery))]
    public void As_text_every_chart_has_its_title_and_numbers_in_lines_of_a_hundred_letters(string name)
    {
        var chart = Gallery.Draw(name);
        var text = ChartText.Describe(chart, 100);
        Assert.StartsWith(ChartText.Title(chart).Split(' ')[0], text);
        Assert.Matches("[0-9]", text[ChartText.Title(chart).Length..]);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 1, 100));
        Assert.DoesNotContain("&lt;", text);
    }

    [Theory]
    [MemberData(nameof(Gallery.Names), MemberType = typeof(Gallery))]
    public void The_same_chart_is_the_same_text(string name) =>
        Assert.Equal(Svg.Render(Gallery.Draw(name)), Svg.Render(Gallery.Draw(name)));

    [Fact]
    public void Texts_are_shown_as_they_are()
    {
        var spans = XElement.Parse(Svg.Render(Gallery.Draw("training curves"))).Descendants(Space + "tspan");
        Assert.Contains(spans, span => span.Value.StartsWith("with a <teacher> & more", StringComparison.Ordinal));
    }

    [Fact]
    public void A_point_stands_where_its_axis_says() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, byte)>(),
        point =>
        {
            var (x, y) = ((double)point.Item1, (double)point.Item2);
            var layout = Frame(new() { range = (double[])[0, 255] }, new() { range = (double[])[0, 255] });
            var circle = Circles(Chart.Plot(new Scatter { x = (double[])[x], y = (double[])[y], mode = "markers" }, layout)).Single();
            return Math.Abs(circle.X - (100 + x / 255 * 300)) < 0.06 && Math.Abs(circle.Y - (250 - y / 255 * 200)) < 0.06;
        }));

    [Fact]
    public void A_logarithmic_axis_gives_every_decade_the_same_room()
    {
        var layout = Frame(new() { type = "log", range = (double[])[0, 3] }, new());
        var trace = new Scatter { x = (double[])[1, 10, 100, 1000], y = (double[])[1, 1, 1, 1], mode = "markers" };
        var circles = Circles(Chart.Plot(trace, layout));
        Assert.Equal([100, 200, 300, 400], circles.Select(circle => Math.Round(circle.X)));
    }

    [Fact]
    public void Categories_stand_side_by_side_in_the_order_of_the_data()
    {
        var layout = Frame(new() { range = (double[])[-0.5, 2.5] }, new());
        var picture = XElement.Parse(Svg.Render(Chart.Plot(new Bar { x = (string[])["b", "a", "c"], y = (double[])[1, 2, 4] }, layout)));
        var bars = picture.Descendants(Space + "rect").ToArray();
        Assert.Equal(3, bars.Length);
        Assert.Equal(2 * Number(bars[0], "height"), Number(bars[1], "height"), 0);
        Assert.Equal([110, 210, 310], bars.Select(bar => Math.Round(Number(bar, "x"))));
        Assert.Contains(picture.Descendants(Space + "tspan"), span => span.Value == "b");
    }

    [Fact]
    public void An_error_bar_goes_as_far_as_it_says()
    {
        var layout = Frame(new() { range = (double[])[0, 2] }, new() { range = (double[])[0, 10] });
        var error = new Error_y { type = "data", symmetric = false, array = (double[])[2], arrayminus = (double[])[1], color = "#123456" };
        var trace = new Scatter { x = (double[])[1], y = (double[])[5], mode = "markers", error_y = error };
        var line = XElement.Parse(Svg.Render(Chart.Plot(trace, layout))).Descendants(Space + "line")
            .First(element => element.Attribute("stroke")?.Value == "#123456");
        Assert.Equal([170, 110], new[] { Number(line, "y1"), Number(line, "y2") });
    }

    [Fact]
    public void A_hole_in_a_heat_map_stays_empty()
    {
        var chart = Chart.Plot(new Heatmap { z = (double?[][])[[1, null], [2, 3]], showscale = false }, Frame(new(), new()));
        Assert.Equal(3, XElement.Parse(Svg.Render(chart)).Descendants(Space + "rect").Count());
    }

    [Fact]
    public void A_point_without_a_number_cuts_the_line()
    {
        var trace = new Scatter { x = (double[])[1, 2, 3, 4, 5], y = (double[])[1, 2, double.NaN, 2, 1], mode = "lines" };
        var chart = Chart.Plot(trace, Frame(new(), new()));
        Assert.Equal(2, XElement.Parse(Svg.Render(chart)).Descendants(Space + "polyline").Count());
    }

    [Fact]
    public void A_kind_of_series_that_is_not_drawn_is_refused_by_name() =>
        Assert.Contains("'box'", Assert.Throws<UserException>(() => Svg.Render(Chart.Plot(new Box { y = (double[])[1, 2] }))).Message);

    [Fact]
    public void A_symbol_or_a_shape_that_is_not_drawn_is_refused_by_name()
    {
        Scatter Trace() => new() { x = (double[])[1, 2], y = (double[])[1, 2], mode = "lines+markers" };
        var (star, spline) = (Trace(), Trace());
        star.marker = new() { symbol = "star" };
        spline.line = new() { shape = "spline" };
        Assert.Contains("'star'", Assert.Throws<UserException>(() => Svg.Render(Chart.Plot(star))).Message);
        Assert.Contains("'spline'", Assert.Throws<UserException>(() => Svg.Render(Chart.Plot(spline))).Message);
    }

    [Fact]
    public void A_chart_that_a_reader_makes_has_its_title_its_labels_and_its_points()
    {
        var chart = Chart.Plot(new[] { new Scatter { y = (int[])[3, 1, 2] }, new Scatter { y = (int[])[1, 2, 3] } });
        chart.WithTitle("Mine");
        chart.WithXTitle("step");
        chart.WithLabels(["one", "other"]);
        var spans = XElement.Parse(Svg.Render(chart)).Descendants(Space + "tspan").Select(span => span.Value).ToArray();
        foreach (var text in (string[])["Mine", "step", "one", "other"]) Assert.Contains(text, spans);
        Assert.Equal(8, Circles(chart).Length);
    }

    [Fact]
    public void The_ink_is_the_pages_where_the_page_says_so()
    {
        var picture = XElement.Parse(Svg.Render(Gallery.Draw("ladder")));
        Assert.Equal(Theme.Ink, picture.Attribute("color")?.Value);
        Assert.All(picture.Descendants(Space + "text"), text => Assert.Equal("currentColor", text.Attribute("fill")?.Value));
    }

    private static Layout.Layout Frame(Xaxis x, Yaxis y) =>
        new() { width = 500, height = 300, margin = new() { l = 100, r = 100, t = 50, b = 50 }, xaxis = x, yaxis = y };

    private static (double X, double Y)[] Circles(PlotlyChart chart) =>
        [.. XElement.Parse(Svg.Render(chart)).Descendants(Space + "circle").Select(circle => (Number(circle, "cx"), Number(circle, "cy")))];

    private static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
