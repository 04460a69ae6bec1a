using DistillKit.Edge;
using System.Diagnostics;
using static System.FormattableString;

namespace EdgeClassify;

/// <summary>From the files to the printed answer.</summary>
internal static class Classify
{
    public static void Run(Arguments arguments, TextWriter output)
    {
        using var model = EdgeModel.Load(arguments.Model, new() { Threads = arguments.Threads });
        var pixels = new Preprocessing(model).Apply(Picture.Read(arguments.Image));
        var logits = new float[model.Classes];
        model.Run(pixels, logits);
        foreach (var (name, probability) in Answers(logits, model.Metadata).Take(arguments.Top))
            output.WriteLine(Invariant($"{100 * probability,5:f1} %  {name}"));
        PrintLatency(model, pixels, logits, arguments, output);
        using var process = Process.GetCurrentProcess();
        if (arguments.ShowMemory)
            output.WriteLine(Invariant($"peak memory {process.PeakWorkingSet64 / 1048576.0:f1} MiB"));
    }

    /// <summary>The softmax of the logits, most probable first, named by the file's metadata key <c>classes</c> where it has one.</summary>
    private static IOrderedEnumerable<(string Name, double Probability)> Answers(float[] logits, IReadOnlyDictionary<string,
        string> metadata)
    {
        var names = metadata.GetValueOrDefault("classes")?.Split(',') ?? [];
        var greatest = logits.Max();
        var sum = logits.Sum(logit => Math.Exp(logit - greatest));
        return logits.Select((logit, i) => (i < names.Length ? names[i].Trim() : $"class {i}", Math.Exp(logit - greatest) / sum))
            .OrderByDescending(answer => answer.Item2);
    }

    private static void PrintLatency(EdgeModel model, float[] pixels, float[] logits, Arguments arguments, TextWriter output)
    {
        var times = new double[arguments.Repeat];
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            model.Run(pixels, logits);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(times);
        var threads = $"{arguments.Threads} thread{(arguments.Threads > 1 ? "s" : "")}";
        output.WriteLine(Invariant(
            $"latency {times[times.Length / 2]:f3} ms (median of {times.Length}, best {times[0]:f3}), {model.InstructionSet}, {threads}"));
    }
}
