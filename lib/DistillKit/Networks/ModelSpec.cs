using System.Text.Json;
using System.Text.Json.Serialization;
using DistillKit.Files;

namespace DistillKit.Networks;

/// <summary>
/// Describes a network completely, apart from its weights. Reads from and writes to JSON; the property <c>family</c>
/// (<c>resnet</c> or <c>mobilenetv2</c>) says which record it is.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "family", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ResNetSpec), "resnet")]
[JsonDerivedType(typeof(MobileNetV2Spec), "mobilenetv2")]
public abstract record ModelSpec
{
    /// <summary>The number of classes, so of logits.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>The factor on the channels of every layer; 1 is the published network.</summary>
    public double Width { get; init; } = 1;

    /// <summary>What happens to the image before the first stage.</summary>
    public StemKind Stem { get; init; } = StemKind.Cifar;

    /// <summary>Reads a description from JSON.</summary>
    /// <exception cref="UserException">The text is not JSON, or a field is unknown or out of range.</exception>
    public static ModelSpec Parse(string json)
    {
        try
        {
            var spec = Json.Read<ModelSpec>(json);
            spec.Validate();
            return spec;
        }
        catch (InvalidDataException error)
        {
            throw new UserException(
                $"The model spec cannot be read: {error.Message}. Give it a family, resnet or mobilenetv2, and its fields.", error);
        }
    }

    /// <summary>The description as one line of JSON, which <see cref="Parse"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.Recipe);

    /// <summary>Builds the network with fresh weights from the engine's random generator.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public ImageClassifier Build()
    {
        Validate();
        return Create();
    }

    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public virtual void Validate()
    {
        Require(Classes is >= 2 and <= 100_000, nameof(Classes), "between 2 and 100000", Classes);
        Require(Width is > 0 and <= 8, nameof(Width), "above 0 and at most 8", Width);
        Require(Enum.IsDefined(Stem), nameof(Stem), "Cifar, CifarPooled or ImageNet", Stem);
    }

    /// <summary>Builds the network; the fields are valid.</summary>
    private protected abstract ImageClassifier Create();

    private protected static void Require(bool valid, string field, string rule, object? value)
    {
        if (valid) return;
        var name = JsonNamingPolicy.CamelCase.ConvertName(field);
        throw new UserException(FormattableString.Invariant($"The model spec's {name} must be {rule}, but is {Show(value)}."));
    }

    private static object Show(object? value) => value switch
    {
        null => "not given",
        IEnumerable<int> numbers => $"[{string.Join(", ", numbers)}]",
        _ => value,
    };
}
