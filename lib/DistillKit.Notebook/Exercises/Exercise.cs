using System.Collections;

namespace DistillKit.Notebook.Exercises;

/// <summary>What the library's function and the reader's answered to one question of a visible test.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Expected">The library's answer.</param>
/// <param name="Answer">The reader's answer, or what the function threw; null where it is not written yet.</param>
/// <param name="IsRight">Whether both are the same but for rounding.</param>
public sealed record ExerciseAnswer(string Question, string Expected, string? Answer, bool IsRight);

/// <summary>The visible test of a function that the reader writes.</summary>
/// <param name="Id">The exercise, as the metadata of its cells names it, for instance <c>03-loss</c>.</param>
/// <param name="Answers">One for each question.</param>
public sealed record ExerciseResult(string Id, IReadOnlyList<ExerciseAnswer> Answers)
{
    /// <summary>Whether the function is written, and right.</summary>
    public CheckState State => Answers.All(answer => answer.Answer is null) ? CheckState.Open
        : Answers.All(answer => answer.IsRight) ? CheckState.Right : CheckState.Wrong;

    /// <inheritdoc/>
    public override string ToString() => State == CheckState.Wrong ? $"{Verdict}\n{Table}" : Verdict;

    internal string ToHtml()
    {
        var verdict = new CheckResult(Id, State, null).ToHtml(Verdict);
        return State == CheckState.Open ? verdict : verdict + Table.ToHtml();
    }

    private string Verdict => State switch
    {
        CheckState.Open => $"{Id}: not written yet, so the library's function runs from here on.",
        CheckState.Right => $"{Id}: right. From here on your function runs.",
        CheckState.Wrong =>
            $"{Id}: not yet right, so the library's function runs from here on. Check.Hint(\"{Id}\") has a hint.",
        _ => throw new NotSupportedException($"There is no state {State}."),
    };

    private Table Table => new(
        ["", "the library's", "yours", ""],
        [.. Answers.Select(one => (string[])[one.Question, one.Expected, one.Answer ?? "-", one.IsRight ? "same" : "differs"])]);
}

/// <summary>
/// Functions that the reader writes. Each has a visible test; the one that passes it runs in the rest of the notebook in place of the
/// library's, so that a blank or a mistake stops nothing.
/// </summary>
public static class Exercise
{
    private const double Tolerance = 1e-4;

    /// <summary>Where the answer is 0, sums of float32 may be off by so much.</summary>
    private const double Rounding = 1e-6;

    /// <summary>Asks both functions the same questions, shows what they answered, and gives back the one to go on with.</summary>
    /// <typeparam name="T">The function's type.</typeparam>
    /// <param name="id">The exercise, as the metadata of its cells names it.</param>
    /// <param name="reader">The reader's function; one that throws <see cref="NotImplementedException"/> is not written yet.</param>
    /// <param name="library">The library's function.</param>
    /// <param name="questions">What is asked: numbers, texts, tensors, or collections of them, each with what it is called.</param>
    /// <returns>The reader's function where it is right, the library's otherwise.</returns>
    public static T Use<T>(string id, T reader, T library, params (string Name, Func<T, object> Ask)[] questions) where T : Delegate
    {
        EvidenceAnswer[] evidence = [.. questions.Select(question => Compare(question.Name, question.Ask, reader, library))];
        var result = new ExerciseResult(id, [.. evidence.Select(Judge)]);
        Check.Note(result);
        var hint = ExerciseBook.All.FirstOrDefault(one => one.Id == id)?.Hint;
        new Evidence(id, ExerciseKind.Build, Tolerance, Rounding, hint, evidence).Show();
        NotebookSession.Show(result);
        return result.State == CheckState.Right ? reader : library;
    }

    private static EvidenceAnswer Compare<T>(string question, Func<T, object> ask, T reader, T library)
    {
        using var scope = NewDisposeScope();
        object[] expected = [.. Values(ask(library))];
        try
        {
            return new(question, expected, [.. Values(ask(reader))], null);
        }
        catch (NotImplementedException)
        {
            return new(question, expected, null, null);
        }
        catch (Exception error)
        {
            // Whatever the reader's code throws is an answer, too: it must not stop the notebook.
            return new(question, expected, null, $"{error.GetType().Name}: {error.Message}");
        }
    }

    private static ExerciseAnswer Judge(EvidenceAnswer given)
    {
        var isRight = given.Answer?.Count == given.Right.Count
            && given.Right.Zip(given.Answer).All(pair => AreSame(pair.First, pair.Second));
        return new(given.Question, Show(given.Right), given.Answer is null ? given.Thrown : Show(given.Answer), isRight);
    }

    private static bool AreSame(object expected, object answer) => (expected, answer) switch
    {
        (double a, double b) => a.Equals(b) || Math.Abs(a - b) <= Tolerance * Math.Abs(a) + Rounding,
        _ => expected.Equals(answer),
    };

    /// <summary>Whole numbers, which have to be exact, and others, one by one; a tensor's shape comes first, so that it counts.</summary>
    private static IEnumerable<object> Values(object? answer) => answer switch
    {
        null => ["null"],
        string text => [text],
        bool or Enum => [answer.ToString()!],
        Tensor tensor => [$"[{string.Join(", ", tensor.shape)}]", .. tensor.detach().to(CPU).to(ScalarType.Float64).contiguous()
            .data<double>().ToArray().Select(value => (object)value)],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(index => Values(tuple[index])),
        IEnumerable list => list.Cast<object?>().SelectMany(Values),
        sbyte or byte or short or int or long => [((IConvertible)answer).ToInt64(CultureInfo.InvariantCulture)],
        IConvertible number => [number.ToDouble(CultureInfo.InvariantCulture)],
        _ => throw new NotSupportedException($"An exercise cannot compare a {answer.GetType().Name}."),
    };

    private static string Show(IReadOnlyList<object> values)
    {
        const int most = 8;
        // A tensor of one number has no shape to speak of.
        var shown = values.Where(value => value is not "[]").Take(most)
            .Select(value => value is double number ? Text.Number(number) : value.ToString());
        return string.Join(" ", shown) + (values.Count > most ? " ..." : "");
    }
}
