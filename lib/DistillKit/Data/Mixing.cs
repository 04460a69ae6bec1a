namespace DistillKit.Data;

/// <summary>Combines pairs of images, and their labels in the same proportion. With both kinds, each batch gets one of them, at random.
/// Mixup: Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018. CutMix: Yun et al., "CutMix", 2019.</summary>
/// <param name="Mixup">Alpha of mixup, which blends images by a weight from Beta(alpha, alpha); 0 for no mixup; at most 4.</param>
/// <param name="CutMix">Alpha of CutMix, which pastes a rectangle of such a share of the area; 0 for no CutMix; at most 4.</param>
/// <param name="Probability">The share of batches that are mixed.</param>
public sealed record Mixing(
    [property: Range(0, Mixing.LargestAlpha)] double Mixup = 0,
    [property: Range(0, Mixing.LargestAlpha)] double CutMix = 0,
    [property: Range(0, 1)] double Probability = 1)
{
    internal const double LargestAlpha = 4;

    /// <summary>Mixes image i with image N - 1 - i: their order is random. Labels stay those of image i; targets are always set.</summary>
    /// <exception cref="UserException">A number is out of range.</exception>
    public Batch Apply(Batch batch, int classes, ulong seed, int epoch, int step)
    {
        Fields.Validate(this, "mixing");
        using var scope = NewDisposeScope();
        var targets = eye(classes, device: batch.Labels.device).index_select(0, batch.Labels);
        var random = SplitMix64.At(seed, (long)RandomPurpose.Mixing, epoch, step);
        var mixed = batch.Images;
        var kept = 1.0;
        if (random.Unit() < Probability && Mixup + CutMix > 0)
        {
            var cut = CutMix > 0 && (Mixup == 0 || random.Below(2) == 1);
            kept = Beta(random, cut ? CutMix : Mixup);
            // Seen as [N, H, W, C], which is how the images lie in memory, so that the result lies the same way.
            var images = batch.Images.permute(0, 2, 3, 1);
            var partners = images.flip(0);
            var result = cut ? Paste(images, partners, random, ref kept) : Blend(images, partners, kept);
            mixed = result.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
        }
        targets = Blend(targets, targets.flip(0), kept);
        return new(mixed, batch.Labels, targets.MoveToOuterDisposeScope());
    }

    /// <summary>The weighted mean of two batches of images, or of class probabilities: <c>kept * first + (1 - kept) * second</c>.</summary>
    public static Tensor Blend(Tensor first, Tensor second, double kept) => first.mul(Number.Of(kept)).add_(second, Number.Of(1 - kept));

    /// <summary>Pastes a rectangle with a share 1 - kept of the area, around any pixel; kept becomes what remains.</summary>
    private static Tensor Paste(Tensor images, Tensor partners, SplitMix64 random, ref double kept)
    {
        var size = (int)images.shape[1];
        var half = (int)(size * Math.Sqrt(1 - kept)) / 2;
        var (y, x) = (random.Below(size), random.Below(size));
        var (top, left) = (Math.Max(y - half, 0), Math.Max(x - half, 0));
        var (height, width) = (Math.Min(y + half, size) - top, Math.Min(x + half, size) - left);
        kept = 1 - (double)height * width / (size * size);
        var result = images.clone();
        result.narrow(1, top, height).narrow(2, left, width).copy_(partners.narrow(1, top, height).narrow(2, left, width));
        return result;
    }

    /// <summary>A number from Beta(alpha, alpha). Jöhnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", 1964.</summary>
    private static double Beta(SplitMix64 random, double alpha)
    {
        while (true)
        {
            var (u, v) = (random.Unit(), random.Unit());
            var (x, y) = (Math.Pow(u, 1 / alpha), Math.Pow(v, 1 / alpha));
            if (x + y > 1) continue;
            if (x + y > 0) return x / (x + y);
            // For a small alpha both are too small for a double, but their quotient is not.
            var logarithm = (Math.Log(v) - Math.Log(u)) / alpha;
            if (!double.IsNaN(logarithm)) return 1 / (1 + Math.Exp(logarithm));
        }
    }
}
