namespace DistillKit.Edge.Onnx;

/// <summary>What a file may ask for. Far above any network this engine is for, and low enough that a hostile file cannot exhaust memory.</summary>
internal static class Limits
{
    public const int FileBytes = 1 << 30;
    public const int Nodes = 20_000;
    public const int Initializers = 40_000;
    public const int ItemsOfNode = 64;
    public const int Extent = 1 << 16;
    public const int KernelExtent = 1 << 10;
    public const int ValueElements = 1 << 26;
    public const long ArenaBytes = 1L << 30;
}
