namespace DistillKit.Notebook.Exercises;

/// <summary>What a grader gets of an exercise: the answers themselves. It asks the solution's kernel, too, and compares the two in a
/// process of its own, so that nothing which runs here decides about points.</summary>
/// <param name="Relative">By how much a number may be off, in shares of the right one.</param>
/// <param name="Absolute">And beyond that.</param>
internal sealed record Evidence(
    string Id, ExerciseKind Kind, double Relative, double Absolute, string? Hint, IReadOnlyList<EvidenceAnswer> Answers)
{
    internal const string MimeType = "application/vnd.distillkit.evidence+json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>Shows it to the grader, where there is one.</summary>
    internal void Show()
    {
        if (Environment.GetEnvironmentVariable("DISTILLKIT_GRADING") is { Length: > 0 }) NotebookSession.Show(this);
    }

    /// <summary>Numbers with fractions are numbers; whole ones and texts are texts, which have to be the same.</summary>
    internal string ToJson() => JsonSerializer.Serialize(
        this with { Answers = [.. Answers.Select(one => one with { Right = Plain(one.Right)!, Answer = Plain(one.Answer) })] }, Format);

    private static IReadOnlyList<object>? Plain(IReadOnlyList<object>? values) => values?.Select(Plain).ToArray();

    private static object Plain(object value) => value is double number && double.IsFinite(number)
        ? number : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}

/// <summary>One question's answers.</summary>
/// <param name="Right">The right values.</param>
/// <param name="Answer">The reader's; null where there are none.</param>
/// <param name="Thrown">What the reader's function threw; null where it answered, or is not written yet.</param>
internal sealed record EvidenceAnswer(
    string Question, IReadOnlyList<object> Right, IReadOnlyList<object>? Answer, string? Thrown);
