namespace DistillKit.Graphs;

/// <summary>How many scales a tensor has.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Granularity>))]
public enum Granularity
{
    /// <summary>One for the whole tensor.</summary>
    PerTensor,

    /// <summary>One for each output channel, which is axis 0 of a weight.</summary>
    PerChannel,
}

/// <summary>Which integers stand for real numbers, before anything is known about the numbers.</summary>
/// <param name="Bits">2 to 8.</param>
/// <param name="IsSigned">Whether the integers are two's complement, as weights are, rather than 0 and up, as activations are.</param>
/// <param name="IsSymmetric">Whether the zero point is 0 and the integers are <c>-2^(b-1)+1 .. 2^(b-1)-1</c>. The most negative integer is
/// left out ("narrow range"), as TensorRT, TensorFlow Lite and ONNX Runtime do for weights: negation stays exact, and products of two fit
/// one bit less. PyTorch keeps it and divides by half a step more, so that its scale is <c>max|x| / 127.5</c> where this one is
/// <c>max|x| / 127</c>, and its largest positive value is clipped by half a step.</param>
public sealed record QuantizationScheme(
    int Bits = 8, bool IsSigned = false, bool IsSymmetric = false, Granularity Granularity = Granularity.PerTensor)
{
    /// <summary>What integer kernels expect of activations: 8 bits without a sign, with a zero point.</summary>
    public static QuantizationScheme Activations { get; } = new();

    /// <summary>What integer kernels expect of weights: 8 bits with a sign, symmetric, one scale for each output channel.</summary>
    public static QuantizationScheme Weights { get; } = new(8, IsSigned: true, IsSymmetric: true, Granularity.PerChannel);

    /// <summary>The smallest integer.</summary>
    [JsonIgnore]
    public int Minimum => !IsSigned ? 0 : IsSymmetric ? 1 - (1 << (Bits - 1)) : -(1 << (Bits - 1));

    /// <summary>The largest integer.</summary>
    [JsonIgnore]
    public int Maximum => IsSigned ? (1 << (Bits - 1)) - 1 : (1 << Bits) - 1;

    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">The scheme does not exist; the message names the field.</exception>
    public void Validate()
    {
        if (Bits is < 2 or > 8) throw new UserException($"A quantization scheme's bits must be 2 to 8, but are {Bits}.");
        if (IsSymmetric && !IsSigned)
            throw new UserException("A symmetric quantization scheme must be signed: set isSigned, or leave out isSymmetric.");
        if (!Enum.IsDefined(Granularity))
            throw new UserException($"A quantization scheme's granularity must be PerTensor or PerChannel, but is {Granularity}.");
    }
}
