namespace DistillKit.Training;

/// <summary>A network, or an objective, that changes how it trains as the training goes on.</summary>
public interface IStaged
{
    /// <summary>The next step begins; <paramref name="progress"/> is the share of the training that is done, from 0 to 1.</summary>
    public void Begin(double progress);
}
