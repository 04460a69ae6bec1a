using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DistillKit.Charts.Tests.Report;

/// <summary>A headless Chromium with one page, over the Chrome DevTools Protocol (chromedevtools.github.io/devtools-protocol).</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string home = Directory.CreateTempSubdirectory().FullName;
    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> open = new();
    private readonly TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process process;
    private int last;

    private Browser(string program)
    {
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--remote-debugging-port=0",
            $"--user-data-dir={home}", "--window-size=1280,900", "about:blank",
        ];
        process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf("ws://", StringComparison.Ordinal) is >= 0 and var start) address.TrySetResult(line.Data[start..]);
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>The program, where there is one.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>What the page has said and asked for, in order.</summary>
    public ConcurrentQueue<(string Method, JsonNode Parameters)> Events { get; } = new();

    public static async Task<Browser> StartAsync()
    {
        var browser = new Browser(Program!);
        var port = new Uri(await browser.address.Task.WaitAsync(Patience)).Port;
        using var http = new HttpClient();
        var pages = await http.GetFromJsonAsync<JsonArray>($"http://127.0.0.1:{port}/json/list");
        var page = pages!.First(one => one!["type"]!.GetValue<string>() == "page")!;
        await browser.socket.ConnectAsync(new(page["webSocketDebuggerUrl"]!.GetValue<string>()), default);
        _ = browser.ListenAsync();
        foreach (var domain in (string[])["Page", "Runtime", "Log", "Network"]) await browser.SendAsync($"{domain}.enable", new { });
        return browser;
    }

    /// <summary>Sends a command and waits for its result.</summary>
    public async Task<JsonNode> SendAsync(string method, object parameters)
    {
        var id = Interlocked.Increment(ref last);
        var answer = open[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters });
        await socket.SendAsync(command, WebSocketMessageType.Text, true, default);
        return await answer.Task.WaitAsync(Patience);
    }

    /// <summary>Opens a file and waits until it has loaded.</summary>
    public async Task OpenAsync(string path)
    {
        await SendAsync("Page.navigate", new { url = new Uri(path).AbsoluteUri });
        for (var start = Stopwatch.StartNew(); !Events.Any(one => one.Method == "Page.loadEventFired"); await Task.Delay(20))
            if (start.Elapsed > Patience) throw new TimeoutException($"{path} has not loaded");
    }

    /// <summary>The value of an expression on the page.</summary>
    public async Task<JsonNode> EvaluateAsync(string expression)
    {
        var result = await SendAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        Assert.Null(result["exceptionDetails"]);
        return result["result"]!["value"]!;
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(home, recursive: true);
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                using var message = new MemoryStream();
                WebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer, default);
                    message.Write(buffer, 0, part.Count);
                }
                while (!part.EndOfMessage);
                var node = JsonNode.Parse(message.ToArray())!;
                if (node["id"] is { } id && open.TryRemove(id.GetValue<int>(), out var waiting))
                {
                    if (node["error"] is { } error) waiting.SetException(new InvalidOperationException(error.ToJsonString()));
                    else waiting.SetResult(node["result"]!);
                }
                else if (node["method"] is { } method) Events.Enqueue((method.GetValue<string>(), node["params"]!));
            }
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The browser has ended; whoever still waits runs into the time limit.
        }
    }
}
