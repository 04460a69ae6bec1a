using System.Xml.Linq;

namespace DistillKit.Cli.Grading;

/// <summary>The files in which grades are kept and handed on.</summary>
internal static class GradeBook
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    private static readonly string[] Kinds = ["WarmUp", "Build", Judge.Think];

    /// <summary>A file of a student's notebook.</summary>
    internal static string FileOf(string folder, string student, string notebook, string ending) =>
        Path.Combine(folder, "results", Submission.FileName(student), notebook + ending);

    /// <summary>A grade of an earlier run; null where there is none.</summary>
    internal static NotebookGrade? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<NotebookGrade>(File.ReadAllText(file), Format) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static void Write(string file, NotebookGrade grade) =>
        AtomicFile.WriteText(file, JsonSerializer.Serialize(grade, Format) + "\n");

    /// <summary>A row for each student: the points of each exercise of all notebooks, their sum, and the remarks.</summary>
    internal static void WriteCsv(string path, IReadOnlyList<NotebookGrade> grades)
    {
        string[] exercises = [.. grades.SelectMany(grade => grade.Exercises).Select(exercise => exercise.Id).Distinct()];
        var isOne = grades.Select(grade => grade.Notebook).Distinct().Count() == 1;
        var rows = grades.GroupBy(grade => grade.Student).Select(student =>
        {
            var points = student.SelectMany(grade => grade.Exercises).ToLookup(exercise => exercise.Id, exercise => exercise.Points);
            var remarks = student.SelectMany(grade => grade.AllRemarks.Select(remark => isOne ? remark : $"{grade.Notebook}: {remark}"));
            string Sum(string kind) =>
                Number(student.SelectMany(grade => grade.Exercises).Where(one => one.Kind == kind).Sum(one => one.Points ?? 0));
            return (string[])[
                student.Key, .. exercises.Select(id => Number(points[id].FirstOrDefault())), .. Kinds.Select(Sum),
                Number(student.Sum(grade => grade.Points)),
                Number(student.Sum(grade => grade.Most)), string.Join("; ", remarks)];
        });
        WriteTable(path, [["student", .. exercises, "warm-ups", "builds", "thinks", "points", "of", "remarks"], .. rows]);
    }

    /// <summary>Values separated by commas.</summary>
    internal static void WriteTable(string path, IEnumerable<IEnumerable<string>> rows)
    {
        AtomicFile.WriteText(path, string.Concat(rows.Select(row => string.Join(',', row.Select(Cell)) + "\n")));

        // A spreadsheet would compute what begins with one of these signs.
        static string Cell(string text)
        {
            if (text.Length > 0 && "=+-@\t".Contains(text[0])) text = "'" + text;
            return text.IndexOfAny([',', '"', '\n', '\'']) < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
        }
    }

    /// <summary>Each exercise as a test case, by which other programs show results.</summary>
    internal static void WriteJUnit(string path, IReadOnlyList<NotebookGrade> grades)
    {
        var suites = grades.Select(grade => new XElement("testsuite",
            new XAttribute("name", $"{grade.Student}: {grade.Notebook}"),
            new XAttribute("tests", Judged(grade).Count()),
            new XAttribute("failures", Judged(grade).Count(exercise => exercise.State != ExerciseState.Right)),
            new XAttribute("time", grade.Seconds.ToString("f1", CultureInfo.InvariantCulture)),
            Judged(grade).Select(exercise => new XElement("testcase",
                new XAttribute("classname", grade.Notebook),
                new XAttribute("name", exercise.Id),
                exercise.State == ExerciseState.Right ? null : new XElement("failure", new XAttribute("message", Describe(exercise)))))));
        var all = new XElement("testsuites", suites);
        AtomicFile.WriteText(path, new XDeclaration("1.0", "utf-8", null) + "\n" + all + "\n");
    }

    /// <summary>Classroom 50's form of a student's results (https://github.com/foundation50/classroom50/wiki/Advanced-Autograding), with
    /// what its runner says of the submission; it knows whole points only.</summary>
    internal static void WriteClassroom50(string path, string student, IReadOnlyList<NotebookGrade> grades)
    {
        static string Variable(string name, string standard) =>
            Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : standard;
        var time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var tests = new JsonArray([.. grades.SelectMany(Judged).Select(exercise => new JsonObject
        {
            ["test-name"] = exercise.Id,
            ["passed"] = exercise.State == ExerciseState.Right,
            ["score"] = (int)(exercise.Points ?? 0),
            ["max-score"] = exercise.Most,
            ["exact"] = exercise.Points,
            ["message"] = Describe(exercise),
        })]);
        // A run without tests would count as passed.
        if (tests.Count == 0)
            tests.Add(new JsonObject { ["test-name"] = "a notebook", ["passed"] = false, ["score"] = 0, ["max-score"] = 0 });
        int Sum(string key) => tests.Sum(test => (int)test![key]!);
        var result = new JsonObject
        {
            ["schema"] = "classroom50/result/v1",
            ["classroom"] = Variable("CLASSROOM", "local"),
            ["assignment"] = Variable("ASSIGNMENT", grades.Count == 1 && grades[0].Notebook.Length > 0 ? grades[0].Notebook : "all"),
            ["assignment_type"] = Variable("ASSIGNMENT_TYPE", "individual"),
            ["owner"] = Variable("OWNER", student),
            ["submission"] = Variable("SUBMISSION_TAG", $"submit/{time.Replace(':', '-')}-local"),
            ["commit"] = Variable("COMMIT_URL", "local"),
            ["release"] = Variable("RELEASE_URL", "local"),
            ["review"] = Variable("REVIEW_URL", "local"),
            ["datetime"] = time,
            ["graded_at"] = time,
            ["score"] = Sum("score"),
            ["max-score"] = Sum("max-score"),
            ["tests"] = tests,
        };
        AtomicFile.WriteText(path, result.ToJsonString(Format) + "\n");
    }

    /// <summary>Points as a text; the grader's are in halves.</summary>
    internal static string Number(double? points) => points?.ToString("0.##", CultureInfo.InvariantCulture) ?? "";

    /// <summary>What came of an exercise, in a sentence.</summary>
    internal static string Describe(ExerciseGrade exercise) => exercise.Comment ?? exercise.Remark ?? exercise.State switch
    {
        ExerciseState.Right => "right",
        ExerciseState.Partly =>
            $"{exercise.Questions.Count(question => question.IsRight)} of {exercise.Questions.Count} questions are answered right",
        ExerciseState.Wrong => "not right",
        ExerciseState.Open => "not written",
        ExerciseState.ForAPerson => "for a person to read",
        _ => throw new NotSupportedException($"There is no state {exercise.State}."),
    };

    private static IEnumerable<ExerciseGrade> Judged(NotebookGrade grade) =>
        grade.Exercises.Where(exercise => exercise.Points is not null);
}
