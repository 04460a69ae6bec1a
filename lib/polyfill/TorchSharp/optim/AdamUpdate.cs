using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What Adam and AdamW share. Their public options and states are distinct types with the same fields.</summary>
internal interface IAdamOptions
{
    ref double? Beta1 { get; }
    ref double? Beta2 { get; }
    ref double? WeightDecay { get; }
    ref double? Epsilon { get; }
    ref bool? AmsGrad { get; }
    ref bool? Maximize { get; }

    void FillFrom(IAdamOptions defaults)
    {
        Beta1 ??= defaults.Beta1;
        Beta2 ??= defaults.Beta2;
        WeightDecay ??= defaults.WeightDecay;
        Epsilon ??= defaults.Epsilon;
        AmsGrad ??= defaults.AmsGrad;
        Maximize ??= defaults.Maximize;
    }

    void CopyFrom(IAdamOptions other)
    {
        (Beta1, Beta2, Epsilon) = (other.Beta1, other.Beta2, other.Epsilon);
        (WeightDecay, AmsGrad, Maximize) = (other.WeightDecay, other.AmsGrad, other.Maximize);
    }

    void Write(BinaryWriter writer)
    {
        foreach (var number in new[] { Beta1, Beta2, Epsilon, WeightDecay }) writer.Write(number!.Value);
        foreach (var flag in new[] { AmsGrad, Maximize }) writer.Write(flag!.Value);
    }

    void Read(BinaryReader reader)
    {
        (Beta1, Beta2, Epsilon, WeightDecay) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        (AmsGrad, Maximize) = (reader.ReadBoolean(), reader.ReadBoolean());
    }

    static void Validate(double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
    {
        if (learningRate < 0) throw new ArgumentException($"Invalid learning rate: {learningRate}");
        if (epsilon < 0) throw new ArgumentException($"Invalid ε: {epsilon}");
        if (beta1 is < 0 or >= 1) throw new ArgumentException($"Invalid beta1: {beta1}");
        if (beta2 is < 0 or >= 1) throw new ArgumentException($"Invalid beta2: {beta2}");
        if (weightDecay < 0) throw new ArgumentException($"Invalid weight_decay value: {weightDecay}");
    }
}

internal interface IAdamState
{
    ref long Step { get; }
    ref Tensor? Mean { get; }
    ref Tensor? Square { get; }
    ref Tensor? LargestSquare { get; }

    void Release()
    {
        Mean?.Dispose();
        Square?.Dispose();
        LargestSquare?.Dispose();
    }

    void Initialize(Tensor parameter, bool amsGrad)
    {
        Release();
        Step = 0;
        Mean = zeros_like(parameter).DetachFromDisposeScope();
        Square = zeros_like(parameter).DetachFromDisposeScope();
        LargestSquare = amsGrad ? zeros_like(parameter).DetachFromDisposeScope() : null;
    }

    void CopyFrom(IAdamState source, Device device)
    {
        var copies = Array.ConvertAll([source.Mean, source.Square, source.LargestSquare], Copy);
        Release();
        Step = source.Step;
        (Mean, Square, LargestSquare) = (copies[0], copies[1], copies[2]);

        Tensor? Copy(Tensor? tensor) => tensor?.to(device, copy: true).DetachFromDisposeScope();
    }

    void Write(BinaryWriter writer)
    {
        writer.Write(Step);
        TensorFormat.Write(writer, Mean!);
        TensorFormat.Write(writer, Square!);
        TensorFormat.WriteOptional(writer, LargestSquare);
    }

    void Read(BinaryReader reader, Device device)
    {
        Step = reader.ReadInt64();
        foreach (var tensor in new[] { Mean!, Square! })
        {
            using var value = TensorFormat.Read(reader);
            TensorFormat.CopyInto(tensor, value);
        }
        TensorFormat.ReadOptional(reader, ref LargestSquare, device);
    }
}

internal static class AdamUpdate
{
    /// <summary>One step of Adam (Kingma and Ba, 2015); with decoupled weight decay, of AdamW (Loshchilov and Hutter, 2019).</summary>
    internal static void Run(double learningRate, IAdamOptions options, bool decoupled, List<Tensor> parameters, List<Tensor> gradients,
        IEnumerable<IAdamState> states)
    {
        foreach (var state in states) state.Step++;

        // Bias correction depends on the number of steps, which differs only where a parameter has been without a gradient.
        var entries = states.Select((state, i) => (State: state, Parameter: parameters[i], Gradient: gradients[i]));
        foreach (var alike in entries.GroupBy(entry => entry.State.Step))
            Run(learningRate, options, decoupled, alike.Key, alike.Select(e => e.Parameter).ToArray(),
                alike.Select(e => e.Gradient).ToArray(), alike.Select(e => e.State).ToArray());
    }

    private static void Run(double learningRate, IAdamOptions options, bool decoupled, long step, Tensor[] parameters, Tensor[] gradients,
        IAdamState[] states)
    {
        var (beta1, beta2, decay) = (options.Beta1!.Value, options.Beta2!.Value, options.WeightDecay!.Value);
        if (options.Maximize!.Value) gradients = Aten.CallMany("_foreach_neg", gradients);
        if (decay != 0 && decoupled) Aten.Run("_foreach_mul_.Scalar", parameters, 1 - learningRate * decay);
        if (decay != 0 && !decoupled) gradients = Aten.CallMany("_foreach_add.List", gradients, parameters, decay);

        var means = Array.ConvertAll(states, state => state.Mean!);
        Aten.Run("_foreach_mul_.Scalar", means, beta1);
        Aten.Run("_foreach_add_.List", means, gradients, 1 - beta1);

        var squares = Array.ConvertAll(states, state => state.Square!);
        Aten.Run("_foreach_mul_.Scalar", squares, beta2);
        Aten.Run("_foreach_addcmul_.Scalar", squares, gradients, gradients, 1 - beta2);
        if (options.AmsGrad!.Value) squares = Array.ConvertAll(states, KeepLargest);

        var denominators = Aten.CallMany("_foreach_sqrt", squares);
        Aten.Run("_foreach_div_.Scalar", denominators, Math.Sqrt(1 - Math.Pow(beta2, step)));
        Aten.Run("_foreach_add_.Scalar", denominators, options.Epsilon!.Value);
        Aten.Run("_foreach_addcdiv_.Scalar", parameters, means, denominators, -learningRate / (1 - Math.Pow(beta1, step)));
    }

    private static Tensor KeepLargest(IAdamState state) =>
        state.LargestSquare!.copy_(Aten.Call("maximum", state.LargestSquare, state.Square));
}
