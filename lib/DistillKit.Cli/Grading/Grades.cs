namespace DistillKit.Cli.Grading;

/// <summary>How an exercise was answered.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExerciseState>))]
internal enum ExerciseState
{
    /// <summary>All questions right.</summary>
    Right,
    /// <summary>Some of them.</summary>
    Partly,
    /// <summary>None.</summary>
    Wrong,
    /// <summary>Nothing is written.</summary>
    Open,
    /// <summary>A person has to read it.</summary>
    ForAPerson,
}

/// <summary>One question, and what came of it.</summary>
/// <param name="Answer">Null where there is none, and where the question is hidden, as is what would be right.</param>
internal sealed record QuestionGrade(string Question, bool IsRight, string? Answer, string? Right)
{
    internal bool IsHidden => Question.StartsWith(EvidenceAnswer.Hidden, StringComparison.Ordinal);
}

/// <summary>The points of one exercise.</summary>
/// <param name="Kind">WarmUp, Build or Think.</param>
/// <param name="Points">Null while nobody has read it.</param>
/// <param name="Code">What the student wrote.</param>
/// <param name="Remark">What went wrong beside the questions.</param>
/// <param name="Comment">Of a person who gave the points; null where the grader did.</param>
internal sealed record ExerciseGrade(
    string Id, string Kind, int Most, double? Points, ExerciseState State, IReadOnlyList<QuestionGrade> Questions, string Code,
    string? Remark = null, string? Hint = null, string? Comment = null);

/// <summary>The grade of one notebook of one student.</summary>
/// <param name="Hash">Of the submission, the solution and the settings: while it is the same, nothing has to run again.</param>
/// <param name="Variant">Which one the student has; 0 without a secret.</param>
internal sealed record NotebookGrade(
    string Student, string Notebook, string Hash, int Variant, IReadOnlyList<ExerciseGrade> Exercises, IReadOnlyList<string> Remarks,
    double Seconds)
{
    /// <summary>Those of the notebook, and of its exercises.</summary>
    internal IReadOnlyList<string> AllRemarks =>
        [.. Remarks, .. Exercises.Where(exercise => exercise.Remark is not null).Select(exercise => $"{exercise.Id}: {exercise.Remark}")];

    /// <summary>What the grader and persons have given.</summary>
    internal double Points => Exercises.Sum(exercise => exercise.Points ?? 0);

    /// <summary>What there is to have, of exercises that have been judged.</summary>
    internal int Most => Exercises.Where(exercise => exercise.Points is not null).Sum(exercise => exercise.Most);
}

/// <summary>Compares what a submission's kernel has answered with what the solution's has: in a process that neither reaches.</summary>
internal static class Judge
{
    internal const string Think = "Think";

    /// <summary>The grades of all exercises of a notebook.</summary>
    internal static IReadOnlyList<ExerciseGrade> Grade(Key key, FreshCopy copy, Execution submitted)
    {
        var grades = new List<ExerciseGrade>();
        foreach (var cell in key.Notebook.Cells.Where(cell => cell.Points is not null))
        {
            var (id, most) = (cell.GradeId!, cell.Points!.Value);
            if (!cell.IsCode)
            {
                var text = copy.Notebook.Cells.First(one => one.GradeId == id).Source;
                var isWritten = text.Trim() is not ("" or Assignment.NoAnswer);
                grades.Add(new(id, Think, most, null, isWritten ? ExerciseState.ForAPerson : ExerciseState.Open, [], text));
                continue;
            }
            var test = copy.Cells.First(one => one.Origin == CellOrigin.Test && one.Cell.GradeId == id);
            var exercise = test.Exercise!;
            var solution = copy.Cells.First(one => one.Exercise == exercise && one.Origin == CellOrigin.Solution);
            var right = key.Evidence[exercise];
            var remark = submitted.Failures.GetValueOrDefault(exercise);
            var questions = Questions(right, submitted.Evidence.GetValueOrDefault(exercise, []));
            string[] reserved = [.. Words.Reserved(cell).Concat(Words.OfChecks).Intersect(NamesIn(solution))];
            if (reserved.Length > 0)
            {
                remark = $"it uses {string.Join(", ", reserved)} of the library, which it should do without";
                questions = [.. questions.Select(question => question with { IsRight = false })];
            }
            var state = remark is null && solution.Cell.Source == solution.Blank ? ExerciseState.Open : StateOf(questions);
            // Half points, and never more than there is evidence for: what is right of the visible questions can be read off their test.
            var share = questions.GroupBy(question => question.IsHidden).Min(same => same.Count(one => one.IsRight) / (double)same.Count());
            var points = state is ExerciseState.Open ? 0 : Math.Floor(2 * most * share) / 2;
            grades.Add(new(exercise, right.Kind, most, points, state, questions, solution.Cell.Source, remark, right.Hint));
        }
        return grades;

        // Also those of earlier solutions that declare what it calls; without what the published ones use.
        IEnumerable<string> NamesIn(CopiedCell solution)
        {
            var names = Names(solution).ToHashSet();
            foreach (var earlier in copy.Cells.TakeWhile(one => one != solution).Where(one => one.Origin == CellOrigin.Solution).Reverse())
                if (Words.Declared(earlier.Cell.Source).Any(names.Contains)) names.UnionWith(Names(earlier));
            return names;
        }

        IEnumerable<string> Names(CopiedCell solution) =>
            Words.Of(solution.Cell.Source).Except(Words.Of(Published(solution.Exercise!)));

        string Published(string exercise) =>
            key.Notebook.Cells.First(cell => cell is { IsCode: true, IsSolution: true } && cell.GradeId == exercise).Source;
    }

    private static ExerciseState StateOf(IReadOnlyList<QuestionGrade> questions) => questions.Count(question => question.IsRight) switch
    {
        0 => ExerciseState.Wrong,
        var right when right == questions.Count => ExerciseState.Right,
        _ => ExerciseState.Partly,
    };

    // Where a test has shown evidence twice, somebody has added some: then all of it has to be right.
    private static IReadOnlyList<QuestionGrade> Questions(Evidence right, IReadOnlyList<Evidence> shown)
    {
        Evidence[] all = [.. shown.Where(evidence => evidence.Id == right.Id)];
        return [.. right.Answers.Select(asked =>
        {
            EvidenceAnswer?[] answers = [.. all.Select(one => one.Answers.FirstOrDefault(answer => answer.Question == asked.Question))];
            var isRight = answers.Length > 0 && answers.All(answer => right.Accepts(asked.Right, answer?.Answer));
            var question = new QuestionGrade(asked.Question, isRight, null, null);
            return question.IsHidden ? question
                : question with { Answer = Said(answers.FirstOrDefault()), Right = EvidenceAnswer.Show(asked.Right) };
        })];

        static string? Said(EvidenceAnswer? answer) => answer?.Answer is { } values ? EvidenceAnswer.Show(values)
            : answer?.Thrown is { } thrown ? PlainText.Of(thrown, most: 200) : null;
    }
}
