using System.Globalization;
using DistillKit.Files;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

/// <summary>A file of tests/fixtures: what PyTorch computed.</summary>
internal sealed class Fixture : IDisposable
{
    private readonly SafetensorsFile file;

    private Fixture(SafetensorsFile file) => this.file = file;

    /// <summary>The tensor of that name.</summary>
    public Tensor this[string name] => file.Tensors[name];

    /// <summary>The tensors whose names start with the prefix, by the rest of their names.</summary>
    public IEnumerable<(string Name, Tensor Value)> Under(string prefix) =>
        from entry in file.Tensors
        where entry.Key.StartsWith(prefix, StringComparison.Ordinal)
        select (entry.Key[prefix.Length..], entry.Value);

    public string Text(string key) => file.Metadata[key];

    public double Number(string key) => double.Parse(file.Metadata[key], CultureInfo.InvariantCulture);

    public static Fixture Load(string name) => new(Safetensors.Load(Path.Combine(Folder(), name + ".safetensors")));

    public void Dispose() => file.Dispose();

    /// <summary>The nearest tests/fixtures at or above the running program.</summary>
    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "fixtures");
            if (Directory.Exists(candidate)) return candidate;
        }
        throw new DirectoryNotFoundException("No tests/fixtures above " + AppContext.BaseDirectory);
    }
}
