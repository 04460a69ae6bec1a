using System.Text.Json.Serialization;
using DistillKit.Graphs;

namespace DistillKit.Quantization.Plans;

/// <summary>What of a layer is computed in integers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LayerStrategy>))]
public enum LayerStrategy
{
    /// <summary>Weights and activations are integers, with ranges that calibration has found.</summary>
    Static,

    /// <summary>Weights and activations are integers; the activations' range is found for each batch as it comes.</summary>
    Dynamic,

    /// <summary>Weights are stored as integers and computed with as floating-point numbers: a smaller file only.</summary>
    WeightOnly,

    /// <summary>Everything stays floating-point.</summary>
    Float,
}

/// <summary>How one layer differs from the plan.</summary>
/// <param name="Strategy">What is computed in integers; null for the plan's.</param>
/// <param name="Weights">How its weight is rounded; null for the plan's.</param>
/// <param name="Activations">How its result is rounded; null for the plan's.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LayerPlan(LayerStrategy? Strategy = null, QuantizationScheme? Weights = null, QuantizationScheme? Activations = null);
