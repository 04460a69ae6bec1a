namespace DistillKit.Cli.Grading;

/// <summary>What a kernel has answered to an exercise's questions, as DistillKit.Notebook shows it to a grader.</summary>
/// <param name="Relative">By how much a number may be off, in shares of the right one.</param>
/// <param name="Absolute">And beyond that.</param>
internal sealed record Evidence(
    string Id, string Kind, double Relative, double Absolute, string? Hint, IReadOnlyList<EvidenceAnswer> Answers)
{
    private const string MimeType = "application/vnd.distillkit.evidence+json";

    /// <summary>Reads it from what a kernel displays; null when that is none.</summary>
    internal static Evidence? Find(KernelEventBody shown)
    {
        if (shown.FormattedValues?.FirstOrDefault(value => value?.MimeType == MimeType)?.Value is not { } json) return null;
        try
        {
            var read = JsonSerializer.Deserialize<Evidence>(json, JsonSerializerOptions.Web);
            return read is { Id: not null, Answers: not null } && read.Answers.All(one => one is { Question: not null, Right: not null })
                ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether values are the right ones: numbers but for rounding, whole numbers and texts exactly.</summary>
    internal bool Accepts(IReadOnlyList<JsonElement> right, IReadOnlyList<JsonElement>? values) =>
        values?.Count == right.Count && right.Zip(values).All(pair => IsSame(pair.First, pair.Second));

    private bool IsSame(JsonElement right, JsonElement value)
    {
        if (right.ValueKind != value.ValueKind) return false;
        if (right.ValueKind != JsonValueKind.Number) return right.GetString() == value.GetString();
        var (a, b) = (right.GetDouble(), value.GetDouble());
        return Math.Abs(a - b) <= Relative * Math.Abs(a) + Absolute;
    }
}

/// <summary>One question's answers.</summary>
/// <param name="Right">What the kernel's own library holds to be right; only the solution's kernel is believed.</param>
/// <param name="Answer">The values of the function or the variable that was asked; null where there are none.</param>
/// <param name="Thrown">What the function threw instead.</param>
internal sealed record EvidenceAnswer(
    string Question, IReadOnlyList<JsonElement> Right, IReadOnlyList<JsonElement>? Answer, string? Thrown)
{
    /// <summary>How the names of questions begin that students do not see.</summary>
    internal const string Hidden = "hidden: ";

    /// <summary>The first values, for people.</summary>
    internal static string Show(IReadOnlyList<JsonElement> values)
    {
        const int most = 8;
        return string.Join(' ', values.Take(most).Select(Text)) + (values.Count > most ? " ..." : "");

        static string Text(JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Number) return PlainText.Of(value.ToString(), most: 40);
            var number = value.GetDouble();
            var isWhole = number == Math.Floor(number) && Math.Abs(number) < 1e15;
            return number.ToString(isWhole ? "#,0" : "G5", CultureInfo.InvariantCulture);
        }
    }
}
