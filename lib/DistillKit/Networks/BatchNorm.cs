namespace DistillKit.Networks;

/// <summary>Batch normalization of [N, C, H, W] over N, H and W (Ioffe and Szegedy 2015, arXiv:1502.03167). The input may be bfloat16;
/// weights and statistics stay float32. A frozen layer (its weight needs no gradient) uses and keeps its running statistics, in training
/// too.</summary>
public sealed class BatchNorm : nn.Module<Tensor, Tensor>, IDescribable
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;

    private Parameter weight;
    private Parameter bias;
    private Tensor running_mean;
    private Tensor running_var;
    private Tensor num_batches_tracked;

    /// <summary>Makes the layer with weight 1, or 0 where the block has to start as the identity.</summary>
    public BatchNorm(int channels, bool zero = false) : base(nameof(BatchNorm))
    {
        using var scope = NewDisposeScope();
        weight = new Parameter(zero ? zeros(channels) : ones(channels));
        bias = new Parameter(zeros(channels));
        running_mean = zeros(channels);
        running_var = ones(channels);
        num_batches_tracked = zeros([], dtype: ScalarType.Int64);
        foreach (var tensor in new[] { weight, bias, running_mean, running_var, num_batches_tracked }) tensor.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Activate(input, Activation.None);

    /// <summary>The norm and the activation after it; on a processor in one, where the norm learns.</summary>
    /// <param name="type">What the next layer computes in, for a result that it need not convert; the input's when not given.</param>
    internal Tensor Activate(Tensor input, Activation activation, ScalarType? type = null)
    {
        var learns = training && weight.requires_grad;
        if (learns) num_batches_tracked.add_(Number.One, Number.One);
        if (learns && NormActivation.Takes(input))
        {
            return NormActivation.Apply(
                input, (weight, bias), (running_mean, running_var), Momentum, Epsilon, activation, type ?? input.dtype);
        }
        return activation.Apply(
            nn.functional.batch_norm(input, running_mean, running_var, weight, bias, learns, Momentum, Epsilon));
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input) =>
        builder.BatchNormalization(name, input, weight, bias, running_mean, running_var, Epsilon);
}
