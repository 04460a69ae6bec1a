using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DistillKit.Runs.Profiles;

namespace DistillKit.Cli.Tests.Notebooks;

/// <summary>A notebook server on loopback, with our kernels, in a folder of the checkout that holds copies of notebooks.</summary>
internal sealed class JupyterServer : IAsyncDisposable
{
    private const string Token = "walk";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly NotebookFolder results = new();
    private readonly string folder;
    private readonly int port = FreePort();
    private Process? process;

    private JupyterServer(string root, IEnumerable<string> notebooks)
    {
        folder = Path.Combine(root, "artifacts", $"walk-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        foreach (var name in notebooks.Append("setup.csx"))
            File.Copy(Path.Combine(root, "notebooks", name), Path.Combine(folder, name), overwrite: true);
    }

    /// <summary>The program of Jupyter Notebook 6, where it is installed.</summary>
    internal static string? Program { get; } =
        FindProgram("jupyter-notebook") is { } found && Version(found).StartsWith('6') ? found : null;

    /// <summary>A program on PATH.</summary>
    internal static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    internal static async Task<JupyterServer> StartAsync(string root, params string[] notebooks)
    {
        var server = new JupyterServer(root, notebooks);
        var installed = await Cli.RunAsync("jupyter", "install", "--folder", server.results["jupyter/kernels"]);
        Assert.True(installed.ExitCode == 0, installed.Error);
        string[] arguments =
        [
            "--no-browser", "--allow-root", "--ip=127.0.0.1", $"--port={server.port}", "--port-retries=0", $"--NotebookApp.token={Token}",
            $"--notebook-dir={server.folder}",
        ];
        var start = new ProcessStartInfo(Program!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["JUPYTER_PATH"] = server.results["jupyter"];
        start.Environment["DISTILLKIT_PROFILE"] = server.LongProfile();
        start.Environment["DISTILLKIT_ARTIFACTS"] = server.results["artifacts"];
        server.process = Process.Start(start)!;
        // Nobody reads what it says; a full pipe would stop it.
        server.process.BeginErrorReadLine();
        server.process.BeginOutputReadLine();
        using var client = new HttpClient();
        for (var begun = Stopwatch.StartNew(); ; await Task.Delay(200))
        {
            try
            {
                (await client.GetAsync(server.Address("api"))).EnsureSuccessStatusCode();
                return server;
            }
            catch (HttpRequestException) when (begun.Elapsed < Patience)
            {
                // It has not opened its port yet.
            }
        }
    }

    /// <summary>The address of a page.</summary>
    internal string Address(string path) => $"http://127.0.0.1:{port}/{path}?token={Token}";

    public async ValueTask DisposeAsync()
    {
        process?.Kill(entireProcessTree: true);
        await (process?.WaitForExitAsync() ?? Task.CompletedTask);
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
        results.Dispose();
    }

    private static string Version(string program)
    {
        var start = new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var asked = Process.Start(start)!;
        return asked.StandardOutput.ReadToEnd();
    }

    /// <summary>Profile smoke with a teacher that trains so long that it can be stopped on a busy machine, too.</summary>
    private string LongProfile()
    {
        var profile = JsonNode.Parse(Profile.Load("smoke").ToJson())!;
        profile["name"] = "walk";
        foreach (var phase in profile["teacher"]!["training"]!["phases"]!.AsArray()) phase!["epochs"] = 24 * (int)phase["epochs"]!;
        File.WriteAllText(results["walk.json"], profile.ToJsonString());
        return results["walk.json"];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
