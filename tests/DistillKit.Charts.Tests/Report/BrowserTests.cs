using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DistillKit.Charts.Tests.Report;

public sealed class BrowserTests : IDisposable
{
    private readonly RunFolder run = new();

    public void Dispose() => run.Dispose();

    [BrowserFact]
    public async Task The_report_draws_every_chart_without_an_error_or_a_request()
    {
        run.Write();
        var report = Charts.Report.Write(run.Path(), run.Path("report.html"));
        await using var browser = await OpenAsync(report.Path);
        var charts = await browser.EvaluateAsync("""
            [...document.querySelectorAll('.chart')].map(box => ({
              marks: box.querySelectorAll('.plot-container .point, .plot-container .textpoint, .plot-container .js-line').length,
              picture: box.querySelector('svg.distillkit').getBoundingClientRect().height,
              title: box.querySelector('.gtitle')?.textContent ?? '',
              width: box.querySelector('.main-svg').getBoundingClientRect().width
            }))
            """);
        Assert.Equal(report.Charts, charts.AsArray().Count);
        Assert.All(charts.AsArray(), chart =>
        {
            Assert.True(chart!["marks"]!.GetValue<int>() > 2, chart.ToJsonString());
            Assert.Equal(0, chart["picture"]!.GetValue<double>());
            Assert.NotEmpty(chart["title"]!.GetValue<string>());
            Assert.InRange(chart["width"]!.GetValue<double>(), 300, 1200);
        });
        AssertQuiet(browser);
    }

    [BrowserFact]
    public async Task On_a_dark_page_the_letters_of_the_charts_are_light()
    {
        run.Write();
        await using var browser = await OpenAsync(Charts.Report.Write(run.Path(), run.Path("report.html")).Path, scheme: "dark");
        const string inkOf = "getComputedStyle(document.querySelector('{0}')).fill.match(/\\d+/g).slice(0, 3).map(Number)";
        foreach (var text in (string[])[".chart .xtick text", ".chart .gtitle", ".chart .ytitle"])
        {
            var ink = await browser.EvaluateAsync(inkOf.Replace("{0}", text));
            Assert.All(ink.AsArray(), channel => Assert.True(channel!.GetValue<int>() > 180, $"{text}: {ink.ToJsonString()}"));
        }
        AssertQuiet(browser);
    }

    [BrowserFact]
    public async Task Every_chart_of_the_library_is_drawn_with_its_texts()
    {
        var page = new StringBuilder();
        foreach (var (index, name) in Gallery.All.Index()) page.Append(Html.chart($"chart-{index}", Gallery.Draw(name)));
        File.WriteAllText(run.Path("gallery.html"), Html.page("gallery", head: "", page.ToString()));
        await using var browser = await OpenAsync(run.Path("gallery.html"));
        var charts = await browser.EvaluateAsync("""
            [...document.querySelectorAll('.chart')].map(box => ({
              marks: box.querySelectorAll('.point, .js-line, .heatmaplayer image, .bars path').length,
              outside: [...box.querySelectorAll('.main-svg text')].filter(text => {
                const inner = text.getBoundingClientRect(), outer = box.getBoundingClientRect();
                const isWithin = inner.left >= outer.left - 2 && inner.right <= outer.right + 2;
                return inner.width > 0 && !(isWithin && inner.top >= outer.top - 2 && inner.bottom <= outer.bottom + 2);
              }).map(text => text.textContent)
            }))
            """);
        foreach (var (name, chart) in Gallery.All.Zip(charts.AsArray()))
        {
            Assert.True(chart!["marks"]!.GetValue<int>() > 0, name);
            Assert.True(chart["outside"]!.AsArray().Count == 0, $"{name}: {chart["outside"]!.ToJsonString()}");
        }
        AssertQuiet(browser);
    }

    [BrowserFact]
    public async Task Paper_gets_pictures_that_fit()
    {
        run.Write();
        await using var browser = await OpenAsync(Charts.Report.Write(run.Path(), run.Path("report.html")).Path);
        await browser.SendAsync("Emulation.setEmulatedMedia", new { media = "print" });
        var paper = new { width = 700, height = 1000, deviceScaleFactor = 1, mobile = false };
        await browser.SendAsync("Emulation.setDeviceMetricsOverride", paper);
        var charts = await browser.EvaluateAsync("""
            [...document.querySelectorAll('.chart')].map(box => ({
              picture: box.querySelector('svg.distillkit').getBoundingClientRect().right,
              plot: box.querySelector('.plot').getBoundingClientRect().height
            }))
            """);
        Assert.All(charts.AsArray(), chart =>
        {
            Assert.InRange(chart!["picture"]!.GetValue<double>(), 300, 700);
            Assert.Equal(0, chart["plot"]!.GetValue<double>());
        });
    }

    [BrowserFact]
    public async Task Where_no_script_runs_the_pictures_are_seen()
    {
        run.Write();
        var report = Charts.Report.Write(run.Path(), run.Path("report.html"));
        File.WriteAllText(report.Path, Regex.Replace(File.ReadAllText(report.Path), "<script>.*?</script>", "", RegexOptions.Singleline));
        await using var browser = await OpenAsync(report.Path);
        var heights = await browser.EvaluateAsync(
            "[...document.querySelectorAll('svg.distillkit')].map(picture => picture.getBoundingClientRect().height)");
        Assert.Equal(report.Charts, heights.AsArray().Count);
        Assert.All(heights.AsArray(), height => Assert.True(height!.GetValue<double>() > 150));
        AssertQuiet(browser);
    }

    private static async Task<Browser> OpenAsync(string path, string scheme = "light")
    {
        var browser = await Browser.StartAsync();
        var features = new[] { new { name = "prefers-color-scheme", value = scheme } };
        await browser.SendAsync("Emulation.setEmulatedMedia", new { features });
        await browser.OpenAsync(path);
        // plotly.js draws in steps; two frames after the last promise everything is on the page.
        await browser.EvaluateAsync(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 300))))");
        return browser;
    }

    /// <summary>Nothing on the console, and nothing asked for but the file itself.</summary>
    private static void AssertQuiet(Browser browser)
    {
        string Show(JsonNode node) => Regex.Replace(node.ToJsonString(), @"\s+", " ");
        var said = browser.Events.Where(one => one.Method is "Runtime.exceptionThrown" or "Log.entryAdded" or "Runtime.consoleAPICalled");
        Assert.Empty(said.Select(one => Show(one.Parameters)));
        var requests = browser.Events.Where(one => one.Method == "Network.requestWillBeSent")
            .Select(one => one.Parameters["request"]!["url"]!.GetValue<string>()).ToArray();
        Assert.Single(requests, url => url.StartsWith("file:", StringComparison.Ordinal));
        Assert.All(requests, url => Assert.Matches("^(file|data|blob):", url));
    }

    private sealed class BrowserFactAttribute : FactAttribute
    {
        public BrowserFactAttribute()
        {
            if (Browser.Program is null) Skip = "There is no Chromium on this machine.";
        }
    }
}
