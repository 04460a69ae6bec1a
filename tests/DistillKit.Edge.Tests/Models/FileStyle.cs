namespace DistillKit.Edge.Tests.Models;

internal enum FileKind { Float, Static, Mixed, Dynamic }

/// <summary>How a network is written to a file.</summary>
internal sealed record FileStyle(FileKind Kind)
{
    public bool HasSignedActivations { get; init; }
    public bool HasWeightsPerTensor { get; init; }
    public bool UsesTypedFields { get; init; }
    public bool FlattensFirst { get; init; }

    /// <summary>Chooses everything that does not change the kind.</summary>
    public static FileStyle Random(FileKind kind, int seed)
    {
        var random = new Random(seed);
        bool Coin() => random.Next(2) == 0;
        return new(kind) { HasSignedActivations = Coin(), HasWeightsPerTensor = Coin(), UsesTypedFields = Coin(), FlattensFirst = Coin() };
    }
}
