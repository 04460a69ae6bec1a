using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DistillKit.Edge;
using DistillKit.Edge.Kernels;
using EdgeKernels;

// Times each convolution of MobileNetV2 x1.0 on 32x32 images, for each kernel set of this machine, on one thread: EdgeKernels [BATCH [SET
// [GHZ]]]. All layers run one after another, as in the network, so that weights come from where they would come from there. GHZ is the
// clock for "of peak" (128 multiply-accumulates a cycle, two 512-bit VPDPBUSD); measured when not given.
var batch = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1;
var clock = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : Clock.Measure();
Console.WriteLine(FormattableString.Invariant($"batch {batch}, clock {clock:F2} GHz"));
foreach (var set in KernelSets.Supported.Where(set => args.Length > 1
    ? set.Name == args[1] : set.Name != "scalar")) new Bench(set, batch, clock).Report();

internal sealed unsafe class Bench
{
    private readonly List<(MobileNet.Layer Layer, IntegerConvolution Convolution)> layers = [];
    /// <summary>The runtime compiles hot methods again, in the background and after some time.</summary>
    private const int WarmUpMilliseconds = 2000;

    private readonly KernelSet set;
    private readonly WeightStream stream;
    private readonly int batch;
    private readonly double clock;
    private readonly byte*[] buffers = new byte*[3];

    public Bench(KernelSet set, int batch, double clock)
    {
        (this.set, this.batch, this.clock) = (set, batch, clock);
        var random = new Random(1);
        var size = 0L;
        foreach (var layer in MobileNet.Layers())
        {
            var geometry = layer.Geometry;
            var weights = new sbyte[geometry.Outputs * geometry.Depth];
            random.NextBytes(MemoryMarshal.AsBytes(weights.AsSpan()));
            Epilogue epilogue = layer.Name == "linear"
                ? new Dequantize([.. Enumerable.Repeat(0.01f, 10)], new float[10], float.MinValue, float.MaxValue)
                : Requantize.Of([.. Enumerable.Repeat(0.01 / Math.Sqrt(geometry.Depth), geometry.Outputs)], layer.HasRelu ? (byte)0
                    : (byte)128, 0, 255);
            var convolution = set.Prepare(geometry, weights, new int[geometry.Outputs], epilogue);
            convolution.Bind(new(1, layer.HasRelu ? (byte)128 : (byte)0));
            layers.Add((layer, convolution));
            size = Math.Max(size,
                Math.Max((long)geometry.Height * geometry.Width * geometry.Inputs, (long)geometry.OutputPixels * geometry.Outputs));
        }
        stream = new(layers.ConvertAll(layer => (ConvolutionKernel)layer.Convolution));
        for (var i = 0; i < 3; i++)
        {
            buffers[i] = (byte*)NativeMemory.AlignedAlloc((nuint)(size * batch + ConvolutionKernel.Slack), 64);
            random.NextBytes(new Span<byte>(buffers[i], (int)(size * batch)));
        }
    }

    public void Report()
    {
        using var weights = stream;
        var rounds = Math.Max(20, 3000 / batch);
        var times = layers.Select(_ => new double[rounds]).ToArray();
        var sums = new double[rounds];
        var warmUp = Stopwatch.StartNew();
        for (var round = 0; round < rounds; round++)
        {
            if (warmUp.ElapsedMilliseconds < WarmUpMilliseconds) round = -1;
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < layers.Count; i++)
            {
                var before = Stopwatch.GetTimestamp();
                layers[i].Convolution.Run(buffers[i % 2], buffers[1 - i % 2], batch, 0, layers[i].Convolution.WorkItems(batch));
                times[i][Math.Max(round, 0)] = Stopwatch.GetElapsedTime(before).TotalMicroseconds;
            }
            sums[Math.Max(round, 0)] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        Console.WriteLine($"{set.Name}\n{"layer",-16}{"shape",-26}{"us",9}{"GMAC/s",9}{"of peak",9}");
        for (var i = 0; i < layers.Count; i++)
        {
            var geometry = layers[i].Layer.Geometry;
            Line(layers[i].Layer.Name, $"{geometry.Height}x{geometry.Width}x{geometry.Inputs} -> {geometry.Outputs} /{geometry.Stride}",
                Median(times[i]), geometry.MultiplyAccumulates);
        }
        foreach (var kind in new[] { "stem", "expand", "depthwise", "project", "last" })
        {
            var chosen = Enumerable.Range(0, layers.Count).Where(i => layers[i].Layer.Name.Contains(kind)).ToList();
            Line("all " + kind, "", chosen.Sum(i => Median(times[i])), chosen.Sum(i => layers[i].Layer.Geometry.MultiplyAccumulates));
        }
        var total = layers.Sum(layer => layer.Layer.Geometry.MultiplyAccumulates);
        Line("all", "sum of medians", times.Sum(Median), total);
        Line("all", "median of sums", Median(sums), total);
    }

    private void Line(string name, string shape, double microseconds, long multiplyAccumulates)
    {
        var rate = multiplyAccumulates * batch / microseconds / 1e3;
        Console.WriteLine(FormattableString.Invariant($"{name,-16}{shape,-26}{microseconds,9:F2}{rate,9:F1}{rate / (128 * clock),9:P0}"));
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}

internal static class Clock
{
    /// <summary>In GHz: of a chain of dependent multiplications, each takes three cycles.</summary>
    public static double Measure()
    {
        var best = double.MaxValue;
        for (var round = 0; round < 60; round++)
        {
            const int Steps = 100_000;
            var start = Stopwatch.GetTimestamp();
            Chain(Steps);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Steps);
        }
        return 4 * 3 / best;
    }

    private static ulong Chain(int steps)
    {
        var (value, factor) = (3UL, (ulong)steps | 1);
        for (var i = 0; i < steps; i++) value = value * factor * factor * factor * factor;
        return value;
    }
}
