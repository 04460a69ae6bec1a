namespace DistillKit.Edge.Fusion;

/// <summary>The layers after another that its operator does in passing: an offset, limits, rounding to a grid.</summary>
/// <param name="End">The last of them, whose value the operator makes.</param>
/// <param name="Offset">What to add for each channel; null for nothing.</param>
/// <param name="Grid">The grid to which the value is rounded; null where it stays float.</param>
internal sealed record Tail(Layer End, float[]? Offset, float Minimum, float Maximum, Grid? Grid)
{
    /// <summary>Follows the only consumers of a layer as far as an operator could do their work.</summary>
    public static Tail Of(Layer core, bool canOffset = false)
    {
        var tail = new Tail(core, null, float.NegativeInfinity, float.PositiveInfinity, null);
        while (tail.Grid is null && tail.End.Consumers is [var next])
            if (next is Offset { Values: var values } && canOffset && tail.End == core)
                tail = tail with { End = next, Offset = values };
            else if (next is Bounded { Minimum: var minimum, Maximum: var maximum })
                tail = tail with { End = next, Minimum = Math.Clamp(tail.Minimum, minimum, maximum), Maximum = Math.Clamp(tail.Maximum, minimum, maximum) };
            else if (next is Flat)
                tail = tail with { End = next };
            else if (next is Rounded { Grid: var grid })
                tail = tail with { End = next, Grid = grid };
            else
                break;
        return tail;
    }

    /// <summary>The tail without rounding, for an operator whose result is float.</summary>
    public Tail Unrounded => Grid is null ? this : this with { End = End.Sources[0], Grid = null };

    public bool IsBounded => Minimum > float.NegativeInfinity || Maximum < float.PositiveInfinity;
}
