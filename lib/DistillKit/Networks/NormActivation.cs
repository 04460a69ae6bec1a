namespace DistillKit.Networks;

/// <summary>Batch normalization in training and the activation after it, as one operation of the engine's autograd, on a processor: four
/// passes over the maps, forward and back, where the engine takes six. [N, C, H, W] to the same shape.</summary>
internal sealed class NormActivation : autograd.SingleTensorFunction<NormActivation>
{
    private const string ChannelsKey = "channels";

    /// <inheritdoc/>
    public override string Name => nameof(NormActivation);

    /// <summary>Whether it computes with such maps: on a processor, of channels that fill vectors.</summary>
    public static bool Takes(Tensor maps) =>
        TensorMemory.IsInReach(maps) && maps.dtype is ScalarType.Float32 or ScalarType.BFloat16 && maps.shape[1] % PixelRows.Width == 0;

    /// <summary>Normalizes maps by their own statistics, which the running ones follow.</summary>
    /// <param name="type">The result's: float32 or bfloat16.</param>
    public static Tensor Apply(
        Tensor maps, (Tensor Weight, Tensor Bias) affine, (Tensor Mean, Tensor Variance) running, double momentum, double epsilon,
        Activation activation, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var setting = new Setting(running.Mean, running.Variance, momentum, epsilon, activation, type);
        return apply(maps, affine.Weight, affine.Bias, setting).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
    {
        var (maps, weight, bias, setting) = ((Tensor)arguments[0], (Tensor)arguments[1], (Tensor)arguments[2], (Setting)arguments[3]);
        using var scope = NewDisposeScope();
        var rows = PixelRows.Of(maps);
        var channels = new NormChannels(rows.First(), rows.Count, setting.Activation.Bounds());
        var (sums, squares) = rows.Squares(channels.Mean);
        channels.Take(sums, squares, TensorMemory.Floats(weight), TensorMemory.Floats(bias), setting.Epsilon);
        channels.Lead(TensorMemory.Floats(setting.Mean), TensorMemory.Floats(setting.Variance), (float)setting.Momentum);
        var result = Empty(maps, setting.Type);
        rows.Normalize(channels, PixelRows.Of(result));
        context.save_for_backward([maps]);
        context.save_data(ChannelsKey, channels);
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
    {
        var channels = (NormChannels)context.get_data(ChannelsKey);
        using var scope = NewDisposeScope();
        var maps = context.get_saved_variables()[0];
        var (rows, gradients) = (PixelRows.Of(maps), PixelRows.Of(gradient));
        var (sums, products) = rows.Products(channels, gradients);
        var (ofWeight, ofBias) = channels.Learn(sums, products);
        var result = Empty(maps, maps.dtype);
        rows.Back(channels, gradients, PixelRows.Of(result));
        Tensor[] learned = [result, tensor(ofWeight), tensor(ofBias)];
        // Nothing for the setting.
        return [.. learned.Select(tensor => tensor.MoveToOuterDisposeScope()), null!];
    }

    /// <summary>Not a permuted view, which autograd would not let anybody change in place.</summary>
    private static Tensor Empty(Tensor maps, ScalarType type)
    {
        var (channels, height, width) = (maps.shape[1], maps.shape[2], maps.shape[3]);
        return empty_strided(maps.shape, [height * width * channels, 1, width * channels, channels], dtype: type);
    }

    private sealed record Setting(
        Tensor Mean, Tensor Variance, double Momentum, double Epsilon, Activation Activation, ScalarType Type);
}

/// <summary>What a batch norm knows of each channel while it learns.</summary>
/// <param name="mean">A number near each channel's mean, from which its values are measured; then the mean.</param>
/// <param name="count">The values of a channel.</param>
/// <param name="bounds">Between which the activation passes a gradient.</param>
internal sealed class NormChannels(float[] mean, int count, (float Low, float High) bounds)
{
    private readonly double[] variances = new double[mean.Length];
    private readonly double[] inverses = new double[mean.Length];

    public float[] Mean => mean;

    public (float Low, float High) Bounds => bounds;

    /// <summary>The result before the activation is value * Scale + Shift.</summary>
    public float[] Scale { get; } = new float[mean.Length];

    /// <inheritdoc cref="Scale"/>
    public float[] Shift { get; } = new float[mean.Length];

    /// <summary>The gradient is passed * Scale + value * Slope + Constant.</summary>
    public float[] Slope { get; } = new float[mean.Length];

    /// <inheritdoc cref="Slope"/>
    public float[] Constant { get; } = new float[mean.Length];

    /// <summary>Takes the statistics, from the sums of the values' distances to <see cref="Mean"/> and of their squares.</summary>
    public void Take(double[] sums, double[] squares, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, double epsilon)
    {
        for (var channel = 0; channel < mean.Length; channel++)
        {
            var distance = sums[channel] / count;
            var centre = mean[channel] + distance;
            variances[channel] = Math.Max(0, squares[channel] / count - distance * distance);
            // Values beyond all bounds are not to become 0, as if nothing were wrong.
            inverses[channel] = double.IsFinite(variances[channel]) ? 1 / Math.Sqrt(variances[channel] + epsilon) : double.NaN;
            mean[channel] = (float)centre;
            Scale[channel] = (float)(weight[channel] * inverses[channel]);
            Shift[channel] = (float)(bias[channel] - centre * Scale[channel]);
        }
    }

    /// <summary>Moves running statistics towards these; the variance without bias, as in PyTorch.</summary>
    public void Lead(Span<float> means, Span<float> runningVariances, float momentum)
    {
        var unbiased = count / Math.Max(1.0, count - 1);
        for (var channel = 0; channel < mean.Length; channel++)
        {
            means[channel] += momentum * (mean[channel] - means[channel]);
            runningVariances[channel] += momentum * ((float)(unbiased * variances[channel]) - runningVariances[channel]);
        }
    }

    /// <summary>The gradients of weight and bias, from the sums of what the activation passed and of that times the values' distances to
    /// the mean (Ioffe and Szegedy 2015, section 3).</summary>
    public (float[] Weight, float[] Bias) Learn(double[] sums, double[] products)
    {
        for (var channel = 0; channel < mean.Length; channel++)
        {
            var slope = -Scale[channel] * inverses[channel] * inverses[channel] * products[channel] / count;
            Slope[channel] = (float)slope;
            Constant[channel] = (float)(-Scale[channel] * sums[channel] / count - slope * mean[channel]);
        }
        return ([.. products.Zip(inverses, (product, inverse) => (float)(product * inverse))], Array.ConvertAll(sums, sum => (float)sum));
    }
}
