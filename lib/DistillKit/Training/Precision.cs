using System.Diagnostics;
using System.Text.Json.Serialization;
using DistillKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>The type in which convolutions compute. Weights, norms' statistics and losses are float32 in any case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Precision>))]
public enum Precision
{
    /// <summary>Whichever is faster on this machine.</summary>
    Auto,

    /// <summary>float32.</summary>
    Float32,

    /// <summary>bfloat16: faster where the processor multiplies it (AMX, AVX512-BF16, a GPU), slower elsewhere.</summary>
    BFloat16,
}

/// <summary>Finds out what <see cref="Precision.Auto"/> means here.</summary>
public static class PrecisionExtensions
{
    // bfloat16 costs some accuracy, so it has to be worth it.
    private const double WorthIt = 1.3;

    private static ScalarType? measured;

    /// <summary>The type to compute in, on a device; on a CPU <see cref="Precision.Auto"/> times a small convolution once.</summary>
    public static ScalarType Resolve(this Precision precision, Device device) => precision switch
    {
        Precision.Float32 => ScalarType.Float32,
        Precision.BFloat16 => ScalarType.BFloat16,
        _ when device.type == DeviceType.CUDA => ScalarType.BFloat16,
        _ => measured ??= Time(ScalarType.Float32) > WorthIt * Time(ScalarType.BFloat16) ? ScalarType.BFloat16 : ScalarType.Float32,
    };

    private static TimeSpan Time(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var images = ChannelsLast.Of(zeros([32, 64, 16, 16], type));
        var weight = zeros([64, 64, 3, 3], type);
        return Enumerable.Range(0, 4).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            nn.functional.conv2d(images, weight, padding: [1, 1]).Dispose();
            return Stopwatch.GetElapsedTime(start);
        });
    }
}
