using System.Diagnostics;

namespace DistillKit.Edge.Sample;

/// <summary>From the files to the printed answer.</summary>
internal static class Classify
{
    public static void Run(Arguments arguments, TextWriter output)
    {
        using var model = EdgeModel.Load(arguments.Model, new() { Threads = arguments.Threads });
        var pixels = new Preprocessing(model).Apply(PictureFile.Read(arguments.Image));
        var logits = new float[model.Classes];
        model.Run(pixels, logits);
        Print(Answer.Of(logits, model.Metadata), arguments.Top, output);
        PrintLatency(model, pixels, logits, arguments, output);
        if (arguments.ShowMemory)
            output.WriteLine(FormattableString.Invariant($"peak memory {PeakMemory.Bytes() / 1048576.0:f1} MiB"));
    }

    private static void Print(IReadOnlyList<Answer> answers, int top, TextWriter output)
    {
        for (var i = 0; i < Math.Min(top, answers.Count); i++)
            output.WriteLine(FormattableString.Invariant($"{100 * answers[i].Probability,5:f1} %  {answers[i].Name}"));
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
        output.WriteLine(FormattableString.Invariant(
            $"latency {times[times.Length / 2]:f3} ms (median of {times.Length}, best {times[0]:f3}), {model.InstructionSet}, {arguments.Threads} thread{(arguments.Threads > 1 ? "s" : "")}"));
    }
}
