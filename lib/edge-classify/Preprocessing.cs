using System.Globalization;
using DistillKit.Edge;

namespace EdgeClassify;

/// <summary>Brings an image into the form that the model was trained on: its size, and (value - mean) / deviation for each channel, with
/// values in 0..1. The file's metadata says so under the keys <c>mean</c> and <c>deviation</c>: three numbers each, separated by
/// commas.</summary>
internal static class Preprocessing
{
    /// <returns>[3, height, width]</returns>
    public static float[] Apply(EdgeModel model, Picture picture)
    {
        if (model.InputShape is not [3, var height, var width])
            throw new EdgeException($"The model takes images of {model.InputShape[0]} channels. Use one for colour images.");
        var (mean, deviation, plane) = (Numbers(model, "mean", 0), Numbers(model, "deviation", 1), height * width);
        if (!deviation.All(value => value > 0))
            throw new EdgeException("The model's metadata has a deviation that is not positive. Export the model again.");
        return [.. picture.Resized(width, height).Select((value, i) => (value / 255 - mean[i / plane]) / deviation[i / plane])];
    }

    private static float[] Numbers(EdgeModel model, string key, float otherwise)
    {
        if (!model.Metadata.TryGetValue(key, out var text))
            return [otherwise, otherwise, otherwise];
        float[] numbers = [.. text.Split(',').Select(part =>
            float.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : float.NaN)];
        return numbers.Length == 3 && numbers.All(float.IsFinite) ? numbers
            : throw new EdgeException($"The model's metadata has a {key} that is not three numbers. Export the model again.");
    }
}
