using System.Text.RegularExpressions;

namespace DistillKit.Charts.Tests.Report;

public sealed class ReportTests : IDisposable
{
    private readonly RunFolder run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public void A_report_has_the_figures_the_recipe_and_where_they_come_from()
    {
        run.Write();
        var html = Written();
        string[] parts =
        [
            "85.00 %", "76.90 %", "Some processor", "Some Linux", "seed", "2026-01-02", "libtorch 1", "Alternating",
            "validationAccuracy 0.77", "the most frequent mistake is", "is calibrated best",
        ];
        foreach (var part in parts) Assert.Contains(part, html);
    }

    [Fact]
    public void A_run_that_goes_on_has_a_report_of_what_there_is_and_loads_it_again()
    {
        run.Write();
        File.Delete(run.Path("benchmark.json"));
        Charts.Report.WriteSoFar(run.Path(), run.Path("report.html"));
        var html = File.ReadAllText(run.Path("report.html"));
        foreach (var part in (string[])["http-equiv=\"refresh\"", "validationAccuracy 0.77", "reaches 77.00 %", "class=\"distillkit\""])
            Assert.Contains(part, html);

        run.Write();
        Assert.DoesNotContain("http-equiv=\"refresh\"", Written());
    }

    [Fact]
    public void Every_chart_is_a_picture_too()
    {
        run.Write();
        var report = Write();
        Assert.Equal(6, report.Charts);
        Assert.Equal(report.Charts, Regex.Count(File.ReadAllText(report.Path), "<svg [^>]*class=\"distillkit\""));
    }

    [Fact]
    public void The_script_is_in_the_file_and_cannot_end_early()
    {
        run.Write();
        var html = Written();
        Assert.Contains("plotly.js v2.", html);
        Assert.Contains("Plotly.newPlot", html);
        // Its data elements and the two scripts end; nothing inside of a script does.
        Assert.Equal(Regex.Count(html, "<script[ >]"), Regex.Count(html, "</script>"));
    }

    [Fact]
    public void Nothing_in_it_is_loaded_from_elsewhere()
    {
        run.Write();
        var html = Regex.Replace(Regex.Replace(Written(), "<script>.*?</script>", "", RegexOptions.Singleline), " xmlns=\"[^\"]*\"", "");
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", html);
        Assert.DoesNotContain("http://", html);
        Assert.DoesNotContain("https://", html);
        Assert.Contains("default-src 'none'", html);
    }

    [Fact]
    public void Names_from_files_stay_text()
    {
        const string hostile = "</script><script>alert('x')</script><img src=x onerror=alert(1)>";
        run.Write(Gallery.Benchmark(hostile), hostile);
        Directory.CreateDirectory(run.Path("<b>bold"));
        File.WriteAllText(run.Path("<b>bold/metrics.jsonl"), "{\"step\":1,\"epoch\":0,\"loss\":1}");
        var html = Written();
        Assert.DoesNotContain("<script>alert", html);
        Assert.DoesNotContain("<img", html);
        Assert.DoesNotContain("<b>bold", html);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", html);
    }

    [Fact]
    public void A_run_that_has_only_the_benchmark_has_a_report()
    {
        File.WriteAllText(run.Path("benchmark.json"), Gallery.Benchmark().ToJson());
        Assert.Equal(3, Write().Charts);
    }

    [Fact]
    public void A_folder_without_a_finished_run_is_refused() =>
        Assert.Contains("no finished run", Assert.Throws<UserException>(() => Write()).Message);

    [Theory]
    [InlineData("benchmark.json", "{")]
    [InlineData("test-reports.json", "{")]
    [InlineData("distill/stage.json", "[")]
    [InlineData("distill/model.safetensors", "\u0010\0\0\0\0\0\0\0not json, really.")]
    public void A_damaged_file_is_named(string file, string content)
    {
        run.Write();
        File.WriteAllText(run.Path(file), content);
        Assert.Contains(file, Assert.Throws<UserException>(() => Write()).Message);
    }

    private ReportFile Write() => Charts.Report.Write(run.Path(), run.Path("report.html"));

    private string Written() => File.ReadAllText(Write().Path);
}
