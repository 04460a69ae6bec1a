using DistillKit.Data;

namespace DistillKit.Training;

/// <summary>What a network is trained for. One that changes as the training goes on is <see cref="IScheduled"/> as well.</summary>
public interface IObjective
{
    /// <summary>What learns along with the network by the same recipe, but is no part of it and not averaged; null for nothing.</summary>
    public nn.Module? Adapters => null;

    /// <summary>Runs the network on a batch.</summary>
    /// <returns>The loss, a scalar, and the logits [N, K]; they belong to the caller's dispose scope.</returns>
    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch);
}

/// <summary>A network, or an objective, that changes how it trains as the training goes on.</summary>
public interface IScheduled
{
    /// <summary>Called before each step; <paramref name="progress"/> is the share of the training that is done, from 0 to 1.</summary>
    public void Begin(double progress);
}
