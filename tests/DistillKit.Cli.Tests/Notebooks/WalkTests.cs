using Microsoft.Playwright;

namespace DistillKit.Cli.Tests.Notebooks;

/// <summary>What a reader does with the first two notebooks, in a real browser and Jupyter's notebook server.</summary>
public sealed class WalkTests
{
    private const string Code = "Jupyter.notebook.get_cells().filter(cell => cell.cell_type == 'code')";

    private const string Charts = ".output img[src^='data:image/svg']";

    private static readonly float Patience = 600_000;
    private static readonly string[] Quiet =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    [WalkFact]
    public async Task The_first_notebooks_run_a_training_can_be_stopped_and_goes_on()
    {
        await using var server = await JupyterServer.StartAsync(Checkout.Root, "00-setup-and-data.ipynb", "01-teacher.ipynb");
        using var playwright = await Playwright.CreateAsync();
        var options = new BrowserTypeLaunchOptions { ExecutablePath = WalkFactAttribute.Chromium, Args = Quiet };
        await using var browser = await playwright.Chromium.LaunchAsync(options);
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1100, Height = 900 } });
        page.SetDefaultTimeout(Patience);

        await OpenAsync(page, server, "00-setup-and-data.ipynb");
        await RunAllAsync(page);
        Assert.True(await page.Locator(".output img").CountAsync() > 20);
        await ScreenshotAsync(page, "00", ".output img");

        await OpenAsync(page, server, "01-teacher.ipynb");
        var training = await page.EvaluateAsync<int>($"{Code}.findIndex(cell => cell.get_text().includes('lab.Train('))");
        await page.EvaluateAsync($"{Code}.slice(0, {training + 1}).forEach(cell => cell.execute())");
        // In the page, and at once: the training does not last long. Again after two seconds, as a person would: a busy kernel may miss it.
        await page.WaitForFunctionAsync(
            $$"""
            () => {
                const shows = [...document.querySelectorAll('.output')]
                    .some(it => it.querySelector('progress') && it.innerText.includes('epoch'));
                if (shows && Date.now() - (window.asked ?? 0) > 2000) {
                    window.asked = Date.now();
                    document.querySelector("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']").click();
                }
                return window.asked && {{Code}}[{{training}}].input_prompt_number != '*';
            }
            """);
        // Stopped, not finished: how soon is no matter of a test, and whether the kernel says so depends on which of its threads is first.
        var outputs = await page.EvaluateAsync<string>($"JSON.stringify({Code}[{training}].output_area.outputs)");
        Assert.True(outputs.Contains("epoch") && !outputs.Contains("Measured"), outputs);
        await ScreenshotAsync(page, "01-stopped", ".output progress");

        await RunAllAsync(page);
        // A kernel that had died would count from 1 again.
        Assert.InRange(await page.EvaluateAsync<int>($"{Code}[0].input_prompt_number"), training + 2, 1000);
        var charts = page.Locator(Charts);
        Assert.True(await charts.CountAsync() > 0);
        Assert.False(string.IsNullOrEmpty(await charts.First.GetAttributeAsync("alt")));
        Assert.Equal(640, await charts.First.EvaluateAsync<int>("image => image.naturalWidth"));
        await ScreenshotAsync(page, "01", Charts);
    }

    private static async Task OpenAsync(IPage page, JupyterServer server, string notebook)
    {
        await page.GotoAsync(server.Address($"notebooks/{notebook}"));
        await page.WaitForFunctionAsync("() => window.Jupyter?.notebook?.kernel?.is_connected()");
        // What was committed must not be taken for what this kernel shows.
        await page.EvaluateAsync("Jupyter.notebook.clear_all_output()");
    }

    private static async Task RunAllAsync(IPage page)
    {
        await page.ClickAsync("#celllink");
        await page.ClickAsync("#run_all_cells a");
        await page.WaitForFunctionAsync($"() => {Code}.every(cell => typeof cell.input_prompt_number == 'number')");
        Assert.Equal([], await page.Locator(".output_error").AllInnerTextsAsync());
    }

    private static async Task ScreenshotAsync(IPage page, string name, string what)
    {
        await page.EvaluateAsync("what => document.querySelector(what)?.scrollIntoView({ block: 'center' })", what);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Artifacts, "test-results", $"walk-{name}.png") });
    }

    /// <summary>Needs Chromium and Jupyter Notebook 6: on Debian, the packages chromium and jupyter-notebook.</summary>
    private sealed class WalkFactAttribute : FactAttribute
    {
        public WalkFactAttribute()
        {
            if (Chromium is null) Skip = "There is no Chromium on this machine.";
            else if (JupyterServer.Program is null) Skip = "There is no Jupyter Notebook 6 on this machine.";
        }

        internal static string? Chromium { get; } = JupyterServer.FindProgram("chromium");
    }
}
