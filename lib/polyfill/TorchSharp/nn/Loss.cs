using static TorchSharp.torch;

namespace TorchSharp;

public abstract class Loss<T1, T2, TResult> : nn.Module<T1, T2, TResult>
{
    private protected Loss(nn.Reduction reduction) : base(nameof(Loss<,,>)) => this.reduction = reduction;

    public nn.Reduction reduction { get; }
}

public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
{
    private protected WeightedLoss(Tensor? weight, nn.Reduction reduction) : base(reduction) => this.weight = weight;

    public Tensor? weight { get; }
}

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }
    }
}
