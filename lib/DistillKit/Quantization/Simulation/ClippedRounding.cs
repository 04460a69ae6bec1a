using System.Numerics;

namespace DistillKit.Quantization.Simulation;

/// <summary>Clips, rounds to a multiple of the scale, and passes the gradient where nothing was clipped, on a processor: one pass over the
/// memory forward, where the engine takes seven, and one back.</summary>
internal sealed class ClippedRounding : autograd.SingleTensorFunction<ClippedRounding>
{
    private const string GridKey = "grid";

    /// <inheritdoc/>
    public override string Name => nameof(ClippedRounding);

    /// <summary>Whether it computes with such values: float32 without gaps in a processor's memory.</summary>
    public static bool Takes(Tensor values) =>
        TensorMemory.IsInReach(values) && values.dtype == ScalarType.Float32 && (values.is_contiguous() || IsChannelsLast(values));

    /// <summary>A new tensor in the same layout.</summary>
    public static Tensor Apply(Tensor values, float scale, float low, float high)
    {
        using var scope = NewDisposeScope();
        return apply(values, new Grid(scale, low, high)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
    {
        var (values, grid) = ((Tensor)arguments[0], (Grid)arguments[1]);
        using var scope = NewDisposeScope();
        var result = empty_like(values);
        var (sources, targets) = (Dense(values), Dense(result));
        TensorMemory.Share(
            (int)values.numel(),
            (_, start, end) => Round(TensorMemory.Floats(sources)[start..end], TensorMemory.Floats(targets)[start..end], grid));
        context.save_for_backward([values]);
        context.save_data(GridKey, grid);
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
    {
        var grid = (Grid)context.get_data(GridKey);
        using var scope = NewDisposeScope();
        var values = context.get_saved_variables()[0];
        var result = empty_like(values);
        var (sources, targets) = (Dense(values), Dense(result));
        var gradients = IsChannelsLast(values) ? gradient.permute(0, 2, 3, 1).contiguous() : gradient.contiguous();
        TensorMemory.Share(
            (int)values.numel(),
            (_, start, end) => Pass(
                TensorMemory.Floats(sources)[start..end], TensorMemory.Floats(gradients)[start..end],
                TensorMemory.Floats(targets)[start..end], grid));
        // Nothing for the grid.
        return [result.MoveToOuterDisposeScope(), null!];
    }

    private static bool IsChannelsLast(Tensor values)
    {
        if (values.dim() != 4 || values.is_contiguous()) return false;
        using var permuted = values.permute(0, 2, 3, 1);
        return permuted.is_contiguous();
    }

    private static Tensor Dense(Tensor values) => values.is_contiguous() ? values : values.permute(0, 2, 3, 1);

    private static void Round(ReadOnlySpan<float> values, Span<float> results, Grid grid)
    {
        var (low, high) = (new Vector<float>(grid.Low), new Vector<float>(grid.High));
        var (place, width) = (0, Vector<float>.Count);
        for (; place <= values.Length - width; place += width)
        {
            var clipped = Vector.Min(Vector.Max(new Vector<float>(values[place..]), low), high);
            (Vector.Round(clipped / new Vector<float>(grid.Scale)) * grid.Scale).CopyTo(results[place..]);
        }
        for (; place < values.Length; place++)
            results[place] = MathF.Round(Math.Min(Math.Max(values[place], grid.Low), grid.High) / grid.Scale) * grid.Scale;
    }

    private static void Pass(ReadOnlySpan<float> values, ReadOnlySpan<float> gradients, Span<float> results, Grid grid)
    {
        var (low, high) = (new Vector<float>(grid.Low), new Vector<float>(grid.High));
        var (place, width) = (0, Vector<float>.Count);
        for (; place <= values.Length - width; place += width)
        {
            var value = new Vector<float>(values[place..]);
            var isPassed = Vector.GreaterThan(value, low) & Vector.LessThan(value, high);
            Vector.ConditionalSelect(isPassed, new Vector<float>(gradients[place..]), Vector<float>.Zero).CopyTo(results[place..]);
        }
        for (; place < values.Length; place++)
            results[place] = values[place] > grid.Low && values[place] < grid.High ? gradients[place] : 0;
    }

    private sealed record Grid(float Scale, float Low, float High);
}
