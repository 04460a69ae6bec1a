namespace DistillKit.Graphs;

/// <summary>The nonlinearity after a normalized convolution: none, max(x, 0), or min(max(x, 0), 6).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Activation>))]
public enum Activation
{
    /// <summary>The identity.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>min(max(x, 0), 6).</summary>
    ReLU6,
}

/// <summary>Runs an <see cref="Activation"/>.</summary>
public static class ActivationExtensions
{
    /// <summary>Applies the activation, in the tensor's own memory where the engine can: neither batch norm nor an addition, which come
    /// before it, needs its output for its gradient.</summary>
    public static Tensor Apply(this Activation activation, Tensor tensor) => activation switch
    {
        Activation.None => tensor,
        Activation.ReLU => tensor.relu_(),
        Activation.ReLU6 => nn.functional.relu6(tensor, inplace: true),
        _ => throw new NotSupportedException($"There is no activation {activation}."),
    };

    /// <summary>Between which it passes a gradient, and to which it clips.</summary>
    public static (float Low, float High) Bounds(this Activation activation) => activation switch
    {
        Activation.None => (float.NegativeInfinity, float.PositiveInfinity),
        Activation.ReLU => (0, float.PositiveInfinity),
        Activation.ReLU6 => (0, 6),
        _ => throw new NotSupportedException($"There is no activation {activation}."),
    };
}
