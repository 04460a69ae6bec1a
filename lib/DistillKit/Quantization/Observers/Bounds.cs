using static TorchSharp.torch;

namespace DistillKit.Quantization.Observers;

/// <summary>The smallest and the largest value of a tensor.</summary>
internal readonly record struct Bounds(float Minimum, float Maximum)
{
    /// <summary>Those of all values, in one transfer from the device.</summary>
    /// <exception cref="UserException">A value is not a finite number.</exception>
    public static Bounds Of(Tensor values)
    {
        using var scope = NewDisposeScope();
        var all = Flat(values.detach());
        var pair = stack([all.min(), all.max()]).to(ScalarType.Float32).cpu().data<float>();
        return Finite(pair[0], pair[1]);
    }

    /// <summary>One pair for each index of axis 0.</summary>
    /// <exception cref="UserException">A value is not a finite number.</exception>
    public static Bounds[] OfChannels(Tensor values)
    {
        using var scope = NewDisposeScope();
        var rows = values.detach().reshape(values.shape[0], -1);
        var pairs = stack([rows.amin(1), rows.amax(1)]).to(ScalarType.Float32).cpu();
        return [.. pairs[0].data<float>().ToArray().Zip(pairs[1].data<float>().ToArray(), Finite)];
    }

    /// <summary>All elements in any order, without a copy where the memory is dense: the engine is several times faster at one dimension.</summary>
    public static Tensor Flat(Tensor values) => (values.dim() == 4 && !values.is_contiguous() ? values.permute(0, 2, 3, 1) : values).reshape(-1);

    public Bounds Union(Bounds other) => new(Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum));

    private static Bounds Finite(float minimum, float maximum) => float.IsFinite(minimum) && float.IsFinite(maximum)
        ? new(minimum, maximum)
        : throw new UserException("A tensor to be quantized holds values that are not finite numbers: check the network's weights and the images.");
}
