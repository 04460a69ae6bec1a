using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DistillKit.Cli.Notebooks;

/// <summary>The program that executes cells, .NET Interactive: the version that .config/dotnet-tools.json of the checkout names.</summary>
internal static class KernelTool
{
    private const string Package = "microsoft.dotnet-interactive";

    /// <summary>What every start of it gets: one heap is enough for a notebook, and nobody is asked or told anything.</summary>
    internal static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    /// <summary>The program that runs .NET assemblies: the one that runs this, whatever PATH says.</summary>
    internal static string DotNet =>
        System.Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private static string Manifest => Path.Combine(Checkout.Root, ".config", "dotnet-tools.json");

    /// <summary>The tool's assembly; it is restored when it is not there.</summary>
    /// <exception cref="UserException">The feed does not have it.</exception>
    internal static async Task<string> FindAsync(CancellationToken cancellation)
    {
        var version = ReadVersion();
        if (Find(version) is { } there) return there;
        var start = new ProcessStartInfo(DotNet, ["tool", "restore", "--tool-manifest", Manifest])
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var restore = Process.Start(start)!;
        var error = restore.StandardError.ReadToEndAsync(cancellation);
        await restore.StandardOutput.ReadToEndAsync(cancellation);
        await restore.WaitForExitAsync(cancellation);
        return Find(version) ?? throw new UserException(
            $"The notebook kernel, {Package} {version}, could not be restored: {(await error).Trim().ReplaceLineEndings(" ")}");
    }

    private static string ReadVersion()
    {
        if (!File.Exists(Manifest)) throw new UserException($"There is no {Manifest}: notebooks run in a checkout.");
        return (string?)JsonNode.Parse(File.ReadAllText(Manifest))?["tools"]?[Package]?["version"]
            ?? throw new UserException($"{Manifest} does not name {Package}.");
    }

    private static string? Find(string version)
    {
        var home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        var given = System.Environment.GetEnvironmentVariable("NUGET_PACKAGES");
        var packages = given is { Length: > 0 } ? given : Path.Combine(home, ".nuget", "packages");
        var tools = Path.Combine(packages, Package, version, "tools");
        return Directory.Exists(tools)
            ? Directory.EnumerateFiles(tools, "Microsoft.DotNet.Interactive.App.dll", SearchOption.AllDirectories).FirstOrDefault()
            : null;
    }
}
