using System.Globalization;
using DistillKit.Edge;

namespace EdgeClassify;

/// <summary>
/// Brings an image into the form that the model was trained on: its size, and (value - mean) / deviation for each channel, with values in
/// 0..1. The file's metadata says so under the keys <c>mean</c> and <c>deviation</c>: three numbers each, separated by commas.
/// </summary>
internal sealed class Preprocessing
{
    private readonly IReadOnlyList<int> shape;
    private readonly float[] mean, deviation;

    public Preprocessing(EdgeModel model)
    {
        shape = model.InputShape;
        if (shape[0] != 3)
            throw new EdgeException($"The model takes images of {shape[0]} channels. Use one for colour images.");
        (mean, deviation) = (Numbers(model, "mean", 0), Numbers(model, "deviation", 1));
        if (Array.Exists(deviation, value => !(value > 0)))
            throw new EdgeException("The model's metadata has a deviation that is not positive. Export the model again.");
    }

    /// <returns>[3, height, width]</returns>
    public float[] Apply(Picture picture)
    {
        var pixels = picture.Resized(shape[2], shape[1]);
        var plane = shape[1] * shape[2];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (pixels[i] / 255 - mean[i / plane]) / deviation[i / plane];
        return pixels;
    }

    private static float[] Numbers(EdgeModel model, string key, float otherwise)
    {
        if (!model.Metadata.TryGetValue(key, out var text))
            return [otherwise, otherwise, otherwise];
        var numbers = new List<float>();
        foreach (var part in text.Split(','))
            if (float.TryParse(part, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number))
                numbers.Add(number);
        return numbers.Count == 3 ? [.. numbers] : throw new EdgeException($"The model's metadata has a {key} that is not three numbers. "
            + "Export the model again.");
    }
}
