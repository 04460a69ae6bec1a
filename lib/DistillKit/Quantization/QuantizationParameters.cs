namespace DistillKit.Quantization;

/// <summary>Placeholder until the quant branch lands.</summary>
public sealed record QuantizationParameters(int Bits, bool IsSigned, float[] Scales, int[] ZeroPoints);
