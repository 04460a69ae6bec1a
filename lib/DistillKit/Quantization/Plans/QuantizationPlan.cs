using DistillKit.Quantization.Observers;

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

/// <summary>How one layer differs from the plan: in what is computed in integers, how its weight and its result are rounded, and what finds
/// the range of its result. Null for what is the plan's.</summary>
public sealed record LayerPlan(
    LayerStrategy? Strategy = null, QuantizationScheme? Weights = null, QuantizationScheme? Activations = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ObserverRecipe? Observer = null);

/// <summary>How a graph is quantized, layer by layer: one JSON file. Static, dynamic, weight-only and mixed quantization are plans for one
/// graph, not different networks.</summary>
public sealed record QuantizationPlan
{
    /// <summary>What of a layer is computed in integers.</summary>
    public LayerStrategy Strategy { get; init; } = LayerStrategy.Static;

    /// <summary>How weights are rounded: signed, symmetric, a scale for each output channel.</summary>
    public QuantizationScheme Weights { get; init; } = QuantizationScheme.Weights;

    /// <summary>How activations are rounded: unsigned, with a zero point.</summary>
    public QuantizationScheme Activations { get; init; } = QuantizationScheme.Activations;

    /// <summary>What finds the range of activations in calibration.</summary>
    public ObserverRecipe Observer { get; init; } = new();

    /// <summary>Layers that differ, by name.</summary>
    public IReadOnlyDictionary<string, LayerPlan> Layers { get; init; } = new Dictionary<string, LayerPlan>();

    /// <summary>Reads a plan from a file.</summary>
    /// <exception cref="UserException">The file cannot be read, or is not a plan; the message says why.</exception>
    public static QuantizationPlan Load(string path)
    {
        if (!File.Exists(path)) throw new UserException($"There is no plan {path}: give the path of a plan's JSON file.");
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads a plan from JSON; comments are allowed.</summary>
    /// <exception cref="UserException">It is not a plan; the message says why.</exception>
    public static QuantizationPlan Parse(string json, string source)
    {
        try
        {
            var plan = Json.Read<QuantizationPlan>(json);
            plan.Validate();
            return plan;
        }
        catch (InvalidDataException error)
        {
            throw new UserException($"The plan {source} cannot be read: {error.Message}.", error);
        }
    }

    /// <summary>Writes the plan.</summary>
    /// <exception cref="UserException">The file cannot be written, or would not be a plan.</exception>
    public void Save(string path) => AtomicFile.WriteText(path, ToJson() + "\n");

    /// <summary>The plan as indented JSON, which <see cref="Parse"/> reads.</summary>
    /// <exception cref="UserException">A field is out of range, or an observer is not registered; the message names it.</exception>
    public string ToJson()
    {
        Validate();
        return JsonSerializer.Serialize(this, Json.IndentedRecipe);
    }

    /// <summary>The plan with one layer's entry replaced.</summary>
    public QuantizationPlan With(string layer, LayerPlan entry) =>
        this with { Layers = new Dictionary<string, LayerPlan>(Layers) { [layer] = entry } };

    /// <summary>What of a layer is computed in integers.</summary>
    public LayerStrategy StrategyOf(WeightedNode layer) => Layers.GetValueOrDefault(layer.Name)?.Strategy ?? Strategy;

    /// <summary>How a layer's weight is rounded; null where it is not.</summary>
    public QuantizationScheme? WeightsOf(WeightedNode layer) =>
        StrategyOf(layer) == LayerStrategy.Float ? null : Layers.GetValueOrDefault(layer.Name)?.Weights ?? Weights;

    /// <summary>How the result of a node is rounded.</summary>
    public QuantizationScheme ActivationsOf(Node node) => Layers.GetValueOrDefault(node.Name)?.Activations ?? Activations;

    /// <summary>What finds the range of the result of a node.</summary>
    public ObserverRecipe ObserverOf(Node node) => Layers.GetValueOrDefault(node.Name)?.Observer ?? Observer;

    /// <summary>Checks that every layer it names exists.</summary>
    /// <exception cref="UserException">One does not; the message lists names that do.</exception>
    public void ValidateFor(Graph graph)
    {
        string[] names = [.. graph.Layers.Select(layer => layer.Name)];
        if (Layers.Keys.FirstOrDefault(name => !names.Contains(name)) is not { } missing) return;
        var known = string.Join(", ", names.Take(4)) + (names.Length > 4 ? $", ... {names[^1]}" : "");
        throw new UserException($"The plan names a layer '{missing}' that the network does not have; it has {known}.");
    }

    internal void Validate()
    {
        if (Layers.FirstOrDefault(layer => layer.Value is null).Key is { } empty)
        {
            throw new UserException(
                $"The plan says nothing about the layer '{empty}': give it a strategy, weights or activations, or leave it out.");
        }
        foreach (var (strategy, weights, activations, observer) in Layers.Values.Append(new(Strategy, Weights, Activations, Observer)))
        {
            if (strategy is { } unknown && !Enum.IsDefined(unknown))
            {
                var known = string.Join(", ", Enum.GetNames<LayerStrategy>());
                throw new UserException($"A plan's strategy must be one of {known}, but is {unknown}.");
            }
            observer?.Validate();
            weights?.Validate();
            activations?.Validate();
            if (weights is not (null or { IsSigned: true, IsSymmetric: true }))
                throw new UserException("A plan's weights must be signed and symmetric: their zero point is 0 in integer arithmetic.");
            if (activations is { Granularity: not Granularity.PerTensor })
                throw new UserException("A plan's activations must be quantized per tensor: an integer layer sums over their channels.");
        }
    }
}
