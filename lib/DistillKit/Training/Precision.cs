using System.Runtime.Intrinsics.X86;
using System.Text.Json.Serialization;
using DistillKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>The type in which convolutions compute. Weights, norms' statistics and losses are float32 in any case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Precision>))]
public enum Precision
{
    /// <summary>
    /// bfloat16 on a GPU, and on a processor that multiplies it (AMX-BF16 or AVX512-BF16) for a network without depthwise convolutions; float32 elsewhere.
    /// What was used is written with the training's result.
    /// </summary>
    Auto,

    /// <summary>float32.</summary>
    Float32,

    /// <summary>bfloat16.</summary>
    BFloat16,
}

/// <summary>Finds out what <see cref="Precision.Auto"/> means here.</summary>
public static class PrecisionExtensions
{
    /// <summary>The type to compute in.</summary>
    /// <param name="precision">What the recipe says.</param>
    /// <param name="network">What is trained; the gradients of depthwise convolutions are slower in bfloat16 than in float32 (oneDNN in libtorch 2.10).</param>
    /// <param name="device">Where.</param>
    public static ScalarType Resolve(this Precision precision, nn.Module network, Device device) => precision switch
    {
        Precision.Float32 => ScalarType.Float32,
        Precision.BFloat16 => ScalarType.BFloat16,
        Precision.Auto when device.type == DeviceType.CUDA => ScalarType.BFloat16,
        Precision.Auto => MultipliesBFloat16 && network.modules().OfType<Convolution>().All(layer => layer.Groups == 1) ? ScalarType.BFloat16 : ScalarType.Float32,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "unknown precision"),
    };

    /// <summary>Whether this processor has AVX512-BF16 or AMX-BF16 (Intel's manual, CPUID leaf 7: subleaf 1 EAX bit 5, subleaf 0 EDX bit 22).</summary>
    internal static bool MultipliesBFloat16 { get; } = X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7
        && ((X86Base.CpuId(7, 1).Eax & 1 << 5) != 0 || (X86Base.CpuId(7, 0).Edx & 1 << 22) != 0);
}
