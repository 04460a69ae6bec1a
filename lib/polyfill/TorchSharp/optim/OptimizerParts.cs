using static TorchSharp.torch;

namespace TorchSharp.Modules;

public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    public double InitialLearningRate { get; set; }

    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(InitialLearningRate);
        writer.Write(LearningRate!.Value);
    }

    public virtual void LoadStateDict(BinaryReader reader)
    {
        InitialLearningRate = reader.ReadDouble();
        LearningRate = reader.ReadDouble();
    }

    public virtual void LoadStateDict(OptimizerOptions source)
    {
        InitialLearningRate = source.InitialLearningRate;
        LearningRate = source.LearningRate;
    }
}

/// <summary>What an optimizer remembers of one parameter.</summary>
public abstract class OptimizerState
{
    private protected OptimizerState(Parameter parameter) => Parameter = parameter;

    private protected Parameter Parameter { get; }

    public abstract void SaveStateDict(BinaryWriter writer);

    public abstract void LoadStateDict(BinaryReader reader);

    /// <summary>Copies another parameter's state.</summary>
    public abstract void LoadStateDict(OptimizerState source);

    /// <summary>Forgets everything.</summary>
    public abstract void Initialize(OptimizerOptions options);

    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    public virtual void to(Device device) { }

    private protected static void Replace(ref Tensor? tensor, Tensor? source, Device device)
    {
        var copy = source?.to(device, copy: true).DetachFromDisposeScope();
        tensor?.Dispose();
        tensor = copy;
    }

    private protected static bool Close(Tensor? one, Tensor? other) =>
        one is null || other is null ? one is null && other is null : one.allclose(other);
}

public class ParamGroup : optim.ILearningRateController
{
    public IEnumerable<Parameter> Parameters { get; set; } = [];

    public OptimizerOptions Options { get; set; } = null!;

    public double LearningRate
    {
        get => Options.LearningRate!.Value;
        set => Options.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Options.InitialLearningRate;
        set => Options.InitialLearningRate = value;
    }
}

public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
{
    public ParamGroup() { }

    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        base.Options = options!;
    }

    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}
