using DistillKit.Graphs;

namespace DistillKit.Networks;

/// <summary>
/// Batch normalization of [N, C, H, W] over N, H and W (Ioffe and Szegedy 2015, arXiv:1502.03167). The input may be bfloat16; weights and
/// statistics stay float32. A frozen layer (its weight needs no gradient) uses and keeps its running statistics, in training too.
/// </summary>
public sealed class BatchNorm : nn.Module<Tensor, Tensor>, IDescribable
{
    private Parameter weight;
    private Parameter bias;
    private Tensor running_mean;
    private Tensor running_var;
    private Tensor num_batches_tracked;

    /// <summary>Makes the layer with weight 1, or 0 where the block has to start as the identity.</summary>
    public BatchNorm(int channels, bool zero = false) : base(nameof(BatchNorm))
    {
        Channels = channels;
        using var scope = NewDisposeScope();
        weight = new Parameter(zero ? zeros(channels) : ones(channels));
        bias = new Parameter(zeros(channels));
        running_mean = zeros(channels);
        running_var = ones(channels);
        num_batches_tracked = zeros([], dtype: ScalarType.Int64);
        foreach (var tensor in new[] { weight, bias, running_mean, running_var, num_batches_tracked }) tensor.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Channels in and out.</summary>
    public int Channels { get; }

    /// <summary>The share of the new batch in the running statistics.</summary>
    public double Momentum => 0.1;

    /// <summary>What is added to the variance before the root.</summary>
    public double Epsilon => 1e-5;

    /// <summary>The scale, [C].</summary>
    public Tensor Weight => weight;

    /// <summary>The shift, [C].</summary>
    public Tensor Bias => bias;

    /// <summary>The running mean, [C].</summary>
    public Tensor RunningMean => running_mean;

    /// <summary>The running (unbiased) variance, [C].</summary>
    public Tensor RunningVariance => running_var;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var learns = training && weight.requires_grad;
        if (learns) num_batches_tracked.add_(Number.One, Number.One);
        return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, learns, Momentum, Epsilon);
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input) =>
        builder.BatchNormalization(name, input, weight, bias, running_mean, running_var, Epsilon);
}
