namespace TorchSharp.Tests;

/// <summary>Tests that seed the process's own generator run while no other test draws from it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GlobalGeneratorCollection
{
    public const string Name = "the global generator";
}
