namespace DistillKit.Edge.Tests.Models;

/// <summary>The range of each layer's values over some images, a little narrowed so that some values saturate.</summary>
internal sealed class Ranges
{
    private const double Kept = 0.9;

    private readonly Dictionary<int, (double Minimum, double Maximum)> ranges = [];

    public static Ranges Of(TestNetwork network, int images = 2)
    {
        var (result, interpreter) = (new Ranges(), new Interpreter(FileWriter.Write(network, new(FileKind.Float))));
        interpreter.Run(network.Images(images));
        for (var layer = -1; layer < network.Layers.Count; layer++)
        {
            var values = interpreter[FileWriter.Name(layer)].Data;
            result.Set(layer, (Kept * Math.Min(0, values.Min()), Kept * Math.Max(1e-3, values.Max())));
        }
        return result;
    }

    public (double Minimum, double Maximum) Of(int layer) => ranges.GetValueOrDefault(layer);

    public void Set(int layer, (double, double) range) => ranges[layer] = range;

    public static (float Scale, int ZeroPoint) Grid((double Minimum, double Maximum) range)
    {
        var scale = (float)((range.Maximum - range.Minimum) / 255);
        return (scale, (int)Math.Round(-range.Minimum / scale));
    }
}
