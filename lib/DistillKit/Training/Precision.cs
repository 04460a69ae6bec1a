using System.Runtime.Intrinsics.X86;

namespace DistillKit.Training;

/// <summary>The type in which convolutions compute. Weights, norms' statistics and losses are float32 in any case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Precision>))]
public enum Precision
{
    /// <summary>bfloat16 on a GPU, and on a processor with tiles for it (Intel's AMX); float32 otherwise. Some layers keep
    /// to float32 there (<see cref="Networks.Convolution"/>). Measured with libtorch 2.10, against float32: the student of profile quick
    /// takes 0.75 times as long with tiles; its teacher would take 1.4 to 1.6 times as long without them.</summary>
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
        Precision.Auto => device.type == DeviceType.CUDA || HasTiles ? ScalarType.BFloat16 : ScalarType.Float32,
        _ => throw new NotSupportedException($"There is no precision {precision}."),
    };

    /// <summary>AMX-BF16 and AMX-TILE: CPUID leaf 7, EDX bits 22 and 24.</summary>
    internal static bool HasTiles { get; } =
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Edx & 0x1400000) == 0x1400000;
}
