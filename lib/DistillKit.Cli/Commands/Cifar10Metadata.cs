using DistillKit.Data;
using DistillKit.Export;

namespace DistillKit.Cli.Commands;

/// <summary>What the files of the verbs that convert one network say about themselves.</summary>
internal static class Cifar10Metadata
{
    internal static Dictionary<string, string> Of(string source) => new(OnnxFile.InputMetadata(Cifar10.Normalization, Cifar10.ClassNames)) { ["source"] = Path.GetFileName(source) };
}
