namespace DistillKit.Edge.Sample;

/// <summary>A class and its probability.</summary>
internal sealed record Answer(string Name, double Probability)
{
    /// <summary>The softmax of the logits, most probable first, named by the file's metadata key <c>classes</c> where it has one.</summary>
    public static IReadOnlyList<Answer> Of(ReadOnlySpan<float> logits, IReadOnlyDictionary<string, string> metadata)
    {
        var names = metadata.GetValueOrDefault("classes")?.Split(',');
        var answers = new List<Answer>();
        var (greatest, sum) = (float.NegativeInfinity, 0.0);
        foreach (var logit in logits)
            greatest = Math.Max(greatest, logit);
        foreach (var logit in logits)
            sum += Math.Exp(logit - greatest);
        for (var i = 0; i < logits.Length; i++)
            answers.Add(new(names is not null && i < names.Length ? names[i].Trim() : $"class {i}", Math.Exp(logits[i] - greatest) / sum));
        answers.Sort((a, b) => b.Probability.CompareTo(a.Probability));
        return answers;
    }
}
