using System.Text.Json.Serialization;

namespace DistillKit.Networks;

/// <summary>
/// A residual network (He et al. 2016, arXiv:1512.03385). Give either <see cref="Depth"/>, for a published one, or
/// <see cref="Blocks"/>, for one of your own.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResNetSpec : ModelSpec
{
    private static readonly Dictionary<int, (int[] Blocks, bool Bottleneck)> Published = new()
    {
        [18] = ([2, 2, 2, 2], false),
        [34] = ([3, 4, 6, 3], false),
        [50] = ([3, 4, 6, 3], true),
        [101] = ([3, 4, 23, 3], true),
        [152] = ([3, 8, 36, 3], true),
    };

    /// <summary>A published depth: 18, 34, 50, 101 or 152.</summary>
    public int? Depth { get; init; }

    /// <summary>
    /// The number of residual blocks of each stage, one to four stages. Each stage has twice the channels of the one before it.
    /// </summary>
    public IReadOnlyList<int>? Blocks { get; init; }

    /// <summary>With <see cref="Blocks"/>: bottleneck blocks (1x1, 3x3, 1x1) rather than basic ones (3x3, 3x3).</summary>
    public bool Bottleneck { get; init; }

    /// <summary>The stride of the first block of each stage. Not given: 1, and 2 from the second stage on.</summary>
    public IReadOnlyList<int>? Strides { get; init; }

    /// <summary>
    /// Starts the last norm of every residual block at zero, so that each block starts as the identity (Goyal et al. 2017,
    /// arXiv:1706.02677).
    /// </summary>
    public bool ZeroInitResidual { get; init; }

    internal IReadOnlyList<int> StageBlocks => Depth is { } depth ? Published[depth].Blocks : Blocks!;

    internal IReadOnlyList<int> StageStrides => Strides ?? [.. StageBlocks.Select((_, stage) => stage == 0 ? 1 : 2)];

    internal bool HasBottlenecks => Depth is { } depth ? Published[depth].Bottleneck : Bottleneck;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (Depth is { } depth)
        {
            Require(Published.ContainsKey(depth), nameof(Depth), $"one of {string.Join(", ", Published.Keys)}", depth);
            Require(Blocks is null, nameof(Blocks), "left out where depth is given", Blocks);
            Require(!Bottleneck, nameof(Bottleneck), "left out where depth is given", Bottleneck);
        }
        else
        {
            var areBlocks = Blocks is { Count: >= 1 and <= 4 } && Blocks.All(count => count is >= 1 and <= 100);
            Require(areBlocks, nameof(Blocks), "one to four numbers from 1 to 100 (or give a depth)", Blocks);
        }
        var areStrides = Strides is null || (Strides.Count == StageBlocks.Count && Strides.All(stride => stride is 1 or 2));
        Require(areStrides, nameof(Strides), "1 or 2 for each stage", Strides);
    }

    private protected override ImageClassifier Create() => new ResNet(this);
}
