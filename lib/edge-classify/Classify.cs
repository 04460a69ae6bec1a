using DistillKit.Edge;
using System.Diagnostics;
using System.Globalization;
using static System.FormattableString;

namespace EdgeClassify;

/// <summary>From the files to the printed answer.</summary>
internal static class Classify
{
    public static void Run(Arguments arguments, TextWriter output)
    {
        using var model = EdgeModel.Load(arguments.Model, new() { Threads = arguments.Threads });
        var pixels = Preprocessing.Apply(model, Picture.Read(arguments.Image));
        var logits = new float[model.Classes];
        model.Run(pixels, logits);
        foreach (var (name, probability) in Answers(logits, model.Metadata).Take(arguments.Top))
            output.WriteLine(Invariant($"{100 * probability,5:f1} %  {name}"));
        PrintLatency(model, pixels, logits, arguments, output);
        if (arguments.ShowMemory)
            output.WriteLine(Invariant($"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0:f1} MiB"));
    }

    /// <summary>The softmax of the logits, most probable first, named by the file's metadata key <c>classes</c> where it has one.</summary>
    private static IOrderedEnumerable<(string Name, double Probability)> Answers(
        float[] logits, IReadOnlyDictionary<string, string> metadata)
    {
        var (names, greatest) = (metadata.GetValueOrDefault("classes")?.Split(',') ?? [], logits.Max());
        var sum = logits.Sum(logit => Math.Exp(logit - greatest));
        return logits.Select((logit, i) => (i < names.Length ? Printable(names[i].Trim()) : $"class {i}", Math.Exp(logit - greatest) / sum))
            .OrderByDescending(answer => answer.Item2);
    }

    /// <summary>Text from a file without what moves a terminal's cursor, changes its colours or turns its direction.</summary>
    internal static string Printable(string text) => string.Concat(text.Select(c =>
        char.GetUnicodeCategory(c) is >= UnicodeCategory.LineSeparator and <= UnicodeCategory.Format ? '?' : c));

    private static void PrintLatency(EdgeModel model, float[] pixels, float[] logits, Arguments arguments, TextWriter output)
    {
        double Milliseconds()
        {
            var start = Stopwatch.GetTimestamp();
            model.Run(pixels, logits);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        double[] times = [.. Enumerable.Range(0, arguments.Repeat).Select(_ => Milliseconds()).Order()];
        output.WriteLine(Invariant($"latency {times[times.Length / 2]:f3} ms (median of {times.Length}, best {times[0]:f3}), ")
            + $"{model.InstructionSet}, {arguments.Threads} thread{(arguments.Threads > 1 ? "s" : "")}");
    }
}
