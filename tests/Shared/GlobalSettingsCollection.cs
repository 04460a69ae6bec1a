namespace Tests.Shared;

/// <summary>Tests that need the engine's generator and its number of threads for themselves: they run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GlobalSettingsCollection
{
    public const string Name = "the engine's global settings";
}
