namespace DistillKit.Data;

/// <summary>Mean and deviation of each colour channel, for pixel values in [0, 1]. Networks see (value - mean) / deviation.</summary>
public sealed record Normalization(float[] Mean, float[] Deviation)
{
    /// <summary>Measures a set, over all pixels of all its images. A channel of one value alone has nothing to be divided by: 1.</summary>
    public static Normalization Of(ImageSet set)
    {
        var (mean, deviation) = (new float[ImageSet.Channels], new float[ImageSet.Channels]);
        var plane = set.ImageSize * set.ImageSize;
        for (var channel = 0; channel < ImageSet.Channels; channel++)
        {
            // Whole numbers, so that the result does not depend on the order of summation.
            long sum = 0, squares = 0;
            for (var i = 0; i < set.Count; i++)
                foreach (var value in set.Image(i).Slice(channel * plane, plane))
                    (sum, squares) = (sum + value, squares + value * value);
            var count = (double)set.Count * plane;
            var average = sum / count;
            var variance = squares / count - average * average;
            mean[channel] = (float)(average / 255);
            deviation[channel] = variance > 0 ? (float)(Math.Sqrt(variance) / 255) : 1;
        }
        return new(mean, deviation);
    }
}
