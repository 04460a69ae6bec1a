using System.Xml.Linq;

namespace DistillKit.Cli.Doctor;

/// <summary>Which packages come from NuGet, and which are replaced by a polyfill: the switch of Directory.Build.targets, read back.</summary>
static class PackageChecks
{
    public static bool IsPolyfilled(string package) => Polyfilled is ["all"] || Polyfilled.Contains(package);

    const string KernelsOwn = "Microsoft.DotNet.Interactive";

    public static IEnumerable<Check> Run()
    {
        var folder = Path.Combine(Checkout.Root, "lib", "polyfill");
        var packages = Directory.Exists(folder) ? Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Order().ToArray() : [];
        foreach (var package in packages.Where(name => Directory.GetFiles(Path.Combine(folder, name), name + ".*proj").Length > 0))
        {
            var source = package == KernelsOwn ? "the kernel that runs a notebook brings it" : IsPolyfilled(package) ? $"lib/polyfill/{package}" : "NuGet";
            yield return Check.OK("package", $"{package}: {source}");
        }
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
