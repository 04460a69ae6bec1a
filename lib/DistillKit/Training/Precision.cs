namespace DistillKit.Training;

/// <summary>The type in which convolutions compute. Weights, norms' statistics and losses are float32 in any case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Precision>))]
public enum Precision
{
    /// <summary>bfloat16 on a GPU, float32 on a processor. Also where a processor multiplies bfloat16 it is no safe choice: libtorch 2.10
    /// is faster with it for dense convolutions on idle cores, but beside other work, or with small images, its gradients take ten times as
    /// long.</summary>
    Auto,

    /// <summary>float32.</summary>
    Float32,

    /// <summary>bfloat16.</summary>
    BFloat16,
}

/// <summary>Says what <see cref="Precision.Auto"/> means.</summary>
public static class PrecisionExtensions
{
    /// <summary>The type to compute in, on a device.</summary>
    public static ScalarType Resolve(this Precision precision, Device device) => precision switch
    {
        Precision.Float32 => ScalarType.Float32,
        Precision.BFloat16 => ScalarType.BFloat16,
        Precision.Auto => device.type == DeviceType.CUDA ? ScalarType.BFloat16 : ScalarType.Float32,
        _ => throw new NotSupportedException($"There is no precision {precision}."),
    };
}
