using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Fusion;

/// <summary>The layers after another that its operator does in passing: adding a constant, limits, rounding to a grid.</summary>
/// <param name="End">The last of them, whose value the operator makes.</param>
/// <param name="Constant">What to add for each channel; null for nothing.</param>
/// <param name="Grid">The grid to which the value is rounded; null where it stays float.</param>
internal sealed record Tail(Layer End, float[]? Constant, float Minimum, float Maximum, QuantizationGrid? Grid)
{
    /// <summary>Follows the only consumers of a layer as far as an operator could do their work.</summary>
    public static Tail Of(Layer core, bool canAddConstant = false)
    {
        var tail = new Tail(core, null, float.NegativeInfinity, float.PositiveInfinity, null);
        while (tail.Grid is null && tail.End.Consumers is [var next])
            if (next is AddConstantLayer { Values: var values } && canAddConstant && tail.End == core)
                tail = tail with { End = next, Constant = values };
            else if (next is ClipLayer clip)
                tail = tail with { End = next, Minimum = clip.Apply(tail.Minimum), Maximum = clip.Apply(tail.Maximum) };
            else if (next is FlattenLayer)
                tail = tail with { End = next };
            else if (next is QuantizeLinearLayer { Grid: var grid })
                tail = tail with { End = next, Grid = grid };
            else
                break;
        return tail;
    }

    /// <summary>The tail without rounding, for an operator whose result is float.</summary>
    public Tail Unrounded => Grid is null ? this : this with { End = End.Source, Grid = null };
}
