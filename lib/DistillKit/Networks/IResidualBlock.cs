using DistillKit.Graphs;

namespace DistillKit.Networks;

/// <summary>A block that may add its input to its output.</summary>
internal interface IResidualBlock
{
    /// <summary>Whether the block changes neither resolution nor channels, so that the network works without it.</summary>
    public bool CanBeSkipped { get; }

    /// <summary>Whether the block now passes its input on and does nothing else.</summary>
    public bool IsSkipped { get; set; }

    /// <summary>Describes what ends a residual block of ResNet: the shortcut, which a block may convolve, the sum and the nonlinearity.</summary>
    internal static string Describe(GraphBuilder builder, string name, string residual, string input, IDescribable? shortcut)
    {
        input = shortcut?.Describe(builder, $"{name}.downsample", input) ?? input;
        return builder.Activation($"{name}.relu", builder.Add($"{name}.add", residual, input), Activation.ReLU);
    }
}
