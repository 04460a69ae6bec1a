namespace DistillKit.Cli.Notebooks;

/// <summary>The program that executes cells, .NET Interactive, in the version that .config/dotnet-tools.json of the checkout names, and the
/// files by which Jupyter knows it (https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs). They are ours and not those
/// of `dotnet interactive jupyter install`: these start from any folder and without the tools on PATH, VS Code's Jupyter extension does not
/// hide them, as it hides kernels that name another extension, and the kernel's port is open on loopback only.</summary>
internal static class KernelTool
{
    private const string Package = "microsoft.dotnet-interactive";

    private static readonly (string Name, string Language, string Kernel)[] Kernels =
        [(".net-csharp", "C#", "csharp"), (".net-fsharp", "F#", "fsharp")];

    /// <summary>What every start of it gets: one heap is enough for a notebook, and nobody is asked or told anything.</summary>
    internal static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    /// <summary>The program that runs .NET assemblies: the one that runs this, whatever PATH says.</summary>
    internal static string DotNet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>Jupyter's folder of kernels for one person (https://docs.jupyter.org/en/latest/use/jupyter-directories.html).</summary>
    internal static string PersonalFolder => Path.Combine(
        Variable("JUPYTER_DATA_DIR")
            ?? (OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter")
                : OperatingSystem.IsMacOS() ? Path.Combine(Home, "Library", "Jupyter")
                : Path.Combine(Variable("XDG_DATA_HOME") ?? Path.Combine(Home, ".local", "share"), "jupyter")),
        "kernels");

    /// <summary>NuGet's folder of packages, where the tool is, and what the library's folder links to.</summary>
    internal static string Packages => Variable("NUGET_PACKAGES") ?? Path.Combine(Home, ".nuget", "packages");

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The tool's assembly, which `dotnet tool restore` puts among NuGet's packages.</summary>
    /// <exception cref="UserException">It is not there.</exception>
    internal static string Find()
    {
        var manifest = Path.Combine(Checkout.Root, ".config", "dotnet-tools.json");
        if (!File.Exists(manifest)) throw new UserException($"There is no {manifest}: notebooks run in a checkout.");
        var version = (string?)JsonNode.Parse(File.ReadAllText(manifest))?["tools"]?[Package]?["version"]
            ?? throw new UserException($"{manifest} does not name {Package}.");
        var tools = Path.Combine(Packages, Package, version, "tools");
        const string assembly = "Microsoft.DotNet.Interactive.App.dll";
        return (Directory.Exists(tools) ? Directory.GetFiles(tools, assembly, SearchOption.AllDirectories) : []).FirstOrDefault()
            ?? throw new UserException($"The notebook kernel is not installed: type dotnet tool restore in {Checkout.Root}.");
    }

    /// <summary>Writes the files into Jupyter's folder of kernels, and gives the names under which notebooks find them.</summary>
    internal static IEnumerable<string> Install(string folder)
    {
        foreach (var (name, language, kernel) in Kernels)
        {
            var spec = new JsonObject
            {
                ["argv"] = new JsonArray(DotNet, Find(), "jupyter", "--default-kernel", kernel, "--http-local-only", "{connection_file}"),
                ["display_name"] = $".NET ({language})",
                ["language"] = language,
                ["env"] = JsonSerializer.SerializeToNode(Variables),
                ["metadata"] = new JsonObject(),
            };
            AtomicFile.WriteText(FileOf(folder, name), spec.ToJsonString() + "\n");
        }
        return Kernels.Select(kernel => kernel.Name);
    }

    /// <summary>Whether all of them are installed for this person, and start a program that is there.</summary>
    internal static bool IsInstalled() => Kernels.All(kernel =>
    {
        var file = FileOf(PersonalFolder, kernel.Name);
        return File.Exists(file) && JsonNode.Parse(File.ReadAllText(file))?["argv"] as JsonArray is [_, var program, ..]
            && File.Exists((string?)program);
    });

    private static string FileOf(string folder, string name) => Path.Combine(folder, name, "kernel.json");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
