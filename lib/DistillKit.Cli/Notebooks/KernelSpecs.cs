using System.Text.Encodings.Web;
using System.Text.Json;
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

    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Jupyter's folder for one person (https://docs.jupyter.org/en/latest/use/jupyter-directories.html).</summary>
    internal static string PersonalFolder => Path.Combine(DataFolder(), "kernels");

    /// <summary>Writes the files.</summary>
    /// <param name="folder">Jupyter's folder of kernels.</param>
    /// <param name="program">The assembly of .NET Interactive.</param>
    /// <returns>The names under which notebooks find them.</returns>
    internal static IReadOnlyList<string> Write(string folder, string program)
    {
        foreach (var (name, language, kernel) in Kernels)
        {
            var spec = new Spec(
                [KernelTool.DotNet, program, "jupyter", "--default-kernel", kernel, "--http-local-only", "{connection_file}"],
                $".NET ({language})", language,
                KernelTool.Environment, new Dictionary<string, string>());
            AtomicFile.WriteText(Path.Combine(folder, name, "kernel.json"), JsonSerializer.Serialize(spec, Layout) + "\n");
        }
        return [.. Kernels.Select(kernel => kernel.Name)];
    }

    /// <summary>Whether all of them are installed for this person, and start a program that is there.</summary>
    internal static bool AreInstalled() => Kernels.All(kernel =>
    {
        var file = Path.Combine(PersonalFolder, kernel.Name, "kernel.json");
        return File.Exists(file) && JsonSerializer.Deserialize<Spec>(File.ReadAllText(file), Layout)?.Argv is [_, var program, ..]
            && File.Exists(program);
    });

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

    private sealed record Spec(
        IReadOnlyList<string> Argv, string DisplayName, string Language, IReadOnlyDictionary<string, string> Env,
        IReadOnlyDictionary<string, string> Metadata);
}
