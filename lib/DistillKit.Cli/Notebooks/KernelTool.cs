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

    /// <summary>Finds the tool's assembly, which `dotnet tool restore` puts among NuGet's packages.</summary>
    /// <exception cref="UserException">It is not there.</exception>
    internal static string Find()
    {
        var manifest = Path.Combine(Checkout.Root, ".config", "dotnet-tools.json");
        if (!File.Exists(manifest)) throw new UserException($"There is no {manifest}: notebooks run in a checkout.");
        var version = (string?)JsonNode.Parse(File.ReadAllText(manifest))?["tools"]?[Package]?["version"]
            ?? throw new UserException($"{manifest} does not name {Package}.");
        var home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        var given = System.Environment.GetEnvironmentVariable("NUGET_PACKAGES");
        var packages = given is { Length: > 0 } ? given : Path.Combine(home, ".nuget", "packages");
        var tools = Path.Combine(packages, Package, version, "tools");
        const string assembly = "Microsoft.DotNet.Interactive.App.dll";
        return (Directory.Exists(tools) ? Directory.GetFiles(tools, assembly, SearchOption.AllDirectories) : []).FirstOrDefault()
            ?? throw new UserException($"The notebook kernel is not installed: type dotnet tool restore in {Checkout.Root}.");
    }
}
