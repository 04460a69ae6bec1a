using DistillKit.Metrics;
using DistillKit.Quantization.Observers;

namespace DistillKit.Notebook.Exercises;

/// <summary>
/// Functions that exercises ask for and the rest of the library has in another form: what a reader's function is compared with, and what
/// runs until it is right.
/// </summary>
public static class Lessons
{
    /// <summary>The squared distances of the rows of one tensor [N, D] from those of another [M, D].</summary>
    /// <returns>[N, M].</returns>
    public static Tensor Distances(Tensor rows, Tensor others) => rows.unsqueeze(1).sub(others).pow(Number.Two).sum(2);

    /// <summary>One training step on the cross-entropy of images [N, 3, H, W] with labels [N].</summary>
    /// <returns>The loss before the step.</returns>
    public static double Step(nn.Module<Tensor, Tensor> network, Tensor images, Tensor labels, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var (loss, _) = new SupervisedObjective(labelSmoothing: 0).Compute(network, new Batch(images, labels));
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Trains with momentum on batches of 64 augmented images at 16 x 16 pixels.</summary>
    /// <param name="network">What is trained.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="epochs">How often it sees each image.</param>
    /// <param name="rateAt">The share of the learning rate at a step, from 0, of so many.</param>
    /// <returns>The mean loss of the last epoch.</returns>
    public static double Train(nn.Module<Tensor, Tensor> network, DeviceImages data, int epochs, Func<int, int, double> rateAt)
    {
        const double peak = 0.1;
        var optimizer = optim.SGD(network.parameters(), learningRate: peak, momentum: 0.9);
        var mean = 0.0;
        network.train();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var batches = data.ShuffledBatches(64, seed: 1, epoch, new Augmentation());
            mean = 0;
            for (var number = 0; number < batches.Count; number++)
            {
                NotebookSession.Cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var share = rateAt(epoch * batches.Count + number, epochs * batches.Count);
                foreach (var group in optimizer.ParamGroups) group.LearningRate = peak * share;
                var batch = batches.Load(number, resolution: 16);
                mean += Step(network, batch.Images, batch.Labels, optimizer) / batches.Count;
            }
        }
        return mean;
    }

    /// <summary>The same at a constant learning rate.</summary>
    /// <returns>The mean loss of the last epoch.</returns>
    public static double Train(nn.Module<Tensor, Tensor> network, DeviceImages data, int epochs) =>
        Train(network, data, epochs, (_, _) => 1);

    /// <summary>The expected calibration error of bins: the distance of confidence and accuracy, weighted by images.</summary>
    public static double CalibrationError(IReadOnlyList<CalibrationBin> bins) =>
        bins.Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / bins.Sum(bin => bin.Count);

    /// <summary>A factor as <c>multiplier / 2^shift</c> with a multiplier of 31 bits (Jacob et al. 2018, arXiv:1712.05877).</summary>
    public static (int Multiplier, int Shift) FixedPoint(double factor)
    {
        var shift = 30 - Math.ILogB(factor);
        return ((int)Math.Min(Math.Round(Math.ScaleB(factor, shift)), int.MaxValue), shift);
    }

    /// <summary>An integer times such a factor, halves upwards.</summary>
    public static int Rescale(int value, (int Multiplier, int Shift) by) =>
        (int)(((long)value * by.Multiplier + (1L << (by.Shift - 1))) >> by.Shift);

    /// <summary>The sums of an integer convolution of one image [channels, rows, columns], beyond whose edges stands the real number
    /// 0.</summary>
    /// <param name="x">The bytes of the image.</param>
    /// <param name="zeroPoint">The byte that stands for 0.</param>
    /// <param name="w">[outputs, channels, rows, columns]</param>
    /// <param name="bias">One for each output.</param>
    /// <returns>[outputs, rows, columns]</returns>
    public static int[,,] Convolve(byte[,,] x, int zeroPoint, sbyte[,,,] w, int[] bias, int stride, int padding)
    {
        // Of doubles, which hold every sum of 32 bits.
        using var scope = NewDisposeScope();
        var images = from_array(x).to(ScalarType.Float64).sub(Number.Of(zeroPoint)).unsqueeze(0);
        var sums = nn.functional.conv2d(
            images, from_array(w).to(ScalarType.Float64), from_array(bias).to(ScalarType.Float64), [stride, stride], [padding, padding]);
        var result = new int[sums.shape[1], sums.shape[2], sums.shape[3]];
        Buffer.BlockCopy(sums.to(ScalarType.Int32).contiguous().data<int>().ToArray(), 0, result, 0, Buffer.ByteLength(result));
        return result;
    }

    /// <summary>How far the sum of products may be off when both are rounded: |x| sw/2 + |w| sx/2 + sx sw/4 for each product.</summary>
    /// <param name="x">The inputs, in floating point.</param>
    /// <param name="w">The weights of one output.</param>
    /// <param name="sx">The scale of the inputs.</param>
    /// <param name="sw">The scale of the weights.</param>
    public static double RoundingBound(ReadOnlySpan<float> x, ReadOnlySpan<float> w, double sx, double sw)
    {
        var bound = 0.0;
        for (var k = 0; k < x.Length; k++)
            bound += Math.Abs(x[k]) * sw / 2 + Math.Abs(w[k]) * sx / 2 + sx * sw / 4;
        return 1.001 * bound + 1e-4;        // and a little for the rounding of floats, and of the bias
    }

    /// <summary>A range after one more batch: each end moves by a share of the way; the first batch is taken as it is.</summary>
    public static ValueRange Follow(ValueRange? soFar, ValueRange batch, float share) => soFar is not { } old ? batch : new(
        old.Minimum + share * (batch.Minimum - old.Minimum), old.Maximum + share * (batch.Maximum - old.Maximum));

    /// <summary>A bias without the mean error of its outputs (Nagel et al. 2019, arXiv:1906.04721).</summary>
    public static float[] CorrectedBias(float[] bias, float[] exact, float[] rounded) =>
        [.. bias.Select((value, output) => value + exact[output] - rounded[output])];

    /// <summary>What rounding one layer alone does to the answers: the mean of KL(exact || rounded) over the images.</summary>
    /// <param name="layers">The layers' names.</param>
    /// <param name="logitsWith">The logits of the network with that layer rounded, a row for each image.</param>
    /// <param name="exact">The logits of the network without any rounding.</param>
    public static double[] Scan(string[] layers, Func<string, float[][]> logitsWith, float[][] exact)
    {
        return Array.ConvertAll(layers, layer => exact.Zip(logitsWith(layer), Divergence).Average());

        static double Divergence(float[] p, float[] q)
        {
            using var scope = NewDisposeScope();
            var (exact, rounded) = (tensor(p).to(ScalarType.Float64).log_softmax(0), tensor(q).to(ScalarType.Float64).log_softmax(0));
            return exact.exp().mul(exact.sub(rounded)).sum().item<double>();
        }
    }

    /// <summary>The layers with the most harm for each byte that precision costs, in that order, as long as the budget lasts.</summary>
    public static string[] Greedy((string Layer, double Harm, long Bytes)[] layers, long budget) =>
        [.. layers.OrderByDescending(one => one.Harm / one.Bytes).TakeWhile(one => (budget -= one.Bytes) >= 0).Select(one => one.Layer)];

    /// <summary>Values rounded to a step that has a gradient (LSQ; Esser et al. 2020, arXiv:1902.08153), without its scaling.</summary>
    public static Tensor WithStep(Tensor values, Tensor step, int last)
    {
        var scaled = values.div(step).clamp(Number.Of(-last), Number.Of(last));
        return scaled.add(scaled.round().sub(scaled).detach(), Number.One).mul(step);
    }

    /// <summary>The true shares that are compatible with a share of so many images, with 95 % (Wilson 1927).</summary>
    public static (double Low, double High) Wilson(double share, int images)
    {
        const double z = 1.959964;
        var centre = share + z * z / (2 * images);
        var half = z * Math.Sqrt(share * (1 - share) / images + z * z / (4.0 * images * images));
        return ((centre - half) / (1 + z * z / images), (centre + half) / (1 + z * z / images));
    }

    /// <summary>How much better one network is on the same images, as a share, and its standard error (Agresti and Min 2005).</summary>
    public static (double Difference, double Error) Paired(bool[] one, bool[] other)
    {
        var n = one.Length + 2.0;
        var b = one.Zip(other).Count(pair => pair is (true, false)) + 0.5;
        var c = one.Zip(other).Count(pair => pair is (false, true)) + 0.5;
        return ((b - c) / n, Math.Sqrt(b + c - (b - c) * (b - c) / n) / n);
    }
}
