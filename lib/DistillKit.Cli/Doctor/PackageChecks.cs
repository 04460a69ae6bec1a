using System.Xml.Linq;

namespace DistillKit.Cli.Doctor;

/// <summary>Which packages come from NuGet, and which are replaced by a polyfill: the switch of Directory.Build.targets, read back.</summary>
static class PackageChecks
{
    public static bool IsPolyfilled(string package) => Polyfilled is ["all"] || Polyfilled.Contains(package);

    public static IEnumerable<Check> Run()
    {
        var folder = Path.Combine(Checkout.Root, "lib", "polyfill");
        var packages = Directory.Exists(folder) ? Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Order().ToArray() : [];
        foreach (var package in packages.Where(name => File.Exists(Path.Combine(folder, name, name + ".csproj"))))
            yield return Check.OK("package", $"{package}: {(IsPolyfilled(package) ? $"lib/polyfill/{package}" : "NuGet")}");
    }

    static string[] Polyfilled { get; } =
        (Environment.GetEnvironmentVariable("DISTILLKIT_POLYFILL") is { Length: > 0 } forced ? forced : FromProbe())
        .Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries);

    static string FromProbe()
    {
        var path = Path.Combine(Checkout.Root, "packages.local.props");
        return File.Exists(path) ? XDocument.Load(path).Descendants("Polyfilled").FirstOrDefault()?.Value ?? "" : "";
    }
}
