using DistillKit.Files;

namespace DistillKit.Cli.Notebooks;

/// <summary>
/// The files by which Jupyter knows a kernel (https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs). They are ours and
/// not those of `dotnet interactive jupyter install`: these start from any folder and without the tools on PATH, VS Code's Jupyter
/// extension does not hide them, as it hides kernels that name another extension, and the kernel's port is open on loopback only.
/// </summary>
internal static class KernelSpecs
{
    private static readonly (string Name, string Language, string Kernel)[] Kernels =
        [(".net-csharp", "C#", "csharp"), (".net-fsharp", "F#", "fsharp")];

    /// <summary>Jupyter's folder for one person (https://docs.jupyter.org/en/latest/use/jupyter-directories.html).</summary>
    internal static string PersonalFolder => Path.Combine(DataFolder(), "kernels");

    /// <summary>Writes the files into Jupyter's folder of kernels, and gives the names under which notebooks find them.</summary>
    internal static IReadOnlyList<string> Write(string folder)
    {
        foreach (var (name, language, kernel) in Kernels)
        {
            var spec = new JsonObject
            {
                ["argv"] = new JsonArray(
                    KernelTool.DotNet, KernelTool.Find(), "jupyter", "--default-kernel", kernel, "--http-local-only", "{connection_file}"),
                ["display_name"] = $".NET ({language})",
                ["language"] = language,
                ["env"] = JsonSerializer.SerializeToNode(KernelTool.Environment),
                ["metadata"] = new JsonObject(),
            };
            AtomicFile.WriteText(FileOf(folder, name), spec.ToJsonString() + "\n");
        }
        return [.. Kernels.Select(kernel => kernel.Name)];
    }

    /// <summary>Whether all of them are installed for this person, and start a program that is there.</summary>
    internal static bool AreInstalled() => Kernels.All(kernel =>
    {
        var file = FileOf(PersonalFolder, kernel.Name);
        return File.Exists(file) && JsonNode.Parse(File.ReadAllText(file))?["argv"] as JsonArray is [_, var program, ..]
            && File.Exists((string?)program);
    });

    private static string FileOf(string folder, string name) => Path.Combine(folder, name, "kernel.json");

    private static string DataFolder()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } given) return given;
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        return Path.Combine(data is { Length: > 0 } ? data : Path.Combine(home, ".local", "share"), "jupyter");
    }
}
