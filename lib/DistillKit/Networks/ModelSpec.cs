namespace DistillKit.Networks;

/// <summary>What a network does with the image before its first stage.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StemKind>))]
public enum StemKind
{
    /// <summary>A 3x3 convolution with stride 1: keeps the resolution of a 32x32 image.</summary>
    Cifar,

    /// <summary>torchvision's, for 224x224 images: ResNet's 7x7 with stride 2 and max pool, MobileNetV2's 3x3 with stride 2.</summary>
    ImageNet,
}

/// <summary>Describes a network, apart from its weights. In JSON, <c>family</c> says which record it is: <c>resnet</c>, say.</summary>
[JsonConverter(typeof(ModelSpecConverter))]
public abstract record ModelSpec
{
    private const string Owner = "model spec";

    /// <summary>The families of networks.</summary>
    public static NamedTypes Families { get; } = new("family", ("resnet", typeof(ResNetSpec)), ("mobilenetv2", typeof(MobileNetV2Spec)));

    [JsonInclude, JsonPropertyName("family"), JsonPropertyOrder(-1)]
    internal string Family => Families.NameOf(GetType());

    /// <summary>The number of classes, so of logits.</summary>
    [Range(2, 100_000)] public int Classes { get; init; } = 10;

    /// <summary>The factor on the channels of every layer; 1 is the published network.</summary>
    [Range(0, 8, MinimumIsExclusive = true)] public double Width { get; init; } = 1;

    /// <summary>What happens to the image before the first stage.</summary>
    public StemKind Stem { get; init; } = StemKind.Cifar;

    /// <summary>Whether such a network draws random numbers while it learns, as dropout does. They are the engine's, and the engine's are
    /// the process's: it is not trained beside another network, or its result would not depend on the seed alone.</summary>
    public virtual bool DrawsInTraining() => true;

    /// <summary>Names a record of one's own, so that it can be read from and written to JSON: profiles and model files.</summary>
    /// <exception cref="ArgumentException">The name is empty, or one of the library's.</exception>
    public static void Register<T>(string family) where T : ModelSpec => Families.Add(family, typeof(T));

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
            var families = string.Join(", ", Families.All.Select(family => family.Name));
            throw new UserException(
                $"The model spec cannot be read: {error.Message}. Give it a family, one of {families}, and its fields.", error);
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
    public virtual void Validate() => Fields.Validate(this, Owner);

    /// <summary>Builds the network; the fields are valid.</summary>
    protected abstract ImageClassifier Create();

    /// <summary>Checks a field.</summary>
    /// <exception cref="UserException">It is not valid; the message names the field, the rule and the value.</exception>
    protected static void Require(bool valid, string field, string rule, object? value) =>
        Fields.Require(valid, Owner, JsonNamingPolicy.CamelCase.ConvertName(field), rule, value);
}

internal sealed class ModelSpecConverter() : NamedTypeConverter<ModelSpec>(ModelSpec.Families);
