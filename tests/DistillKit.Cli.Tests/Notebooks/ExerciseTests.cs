using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DistillKit.Cli.Grading;
using DistillKit.Cli.Notebooks;
using DistillKit.Notebook.Exercises;

namespace DistillKit.Cli.Tests.Notebooks;

/// <summary>The functions that the reader writes: what each visible test says of a right one, of wrong ones, and of a blank.</summary>
public sealed partial class ExerciseTests(ExerciseTests.Workplace workplace) : IClassFixture<ExerciseTests.Workplace>
{
    private const string Test = "-test";

    /// <summary>By exercise and mistake: what of the solution is replaced, and by what.</summary>
    private static readonly Dictionary<string, Dictionary<string, string[]>> WrongAnswers =
        JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string[]>>>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "wrong-answers.json")))!;

    public static TheoryData<string> All => [.. NotebookRunner.Find([]).Select(path => Path.GetFileName(path))];

    [Fact]
    public void Each_exercise_has_two_typical_wrong_answers()
    {
        var exercises = ExerciseBook.All.Where(exercise => exercise.Kind == ExerciseKind.Build).Select(exercise => exercise.Id);
        var tried = WrongAnswers.Where(entry => entry.Value.Count >= 2).Select(entry => entry.Key);
        Assert.Equal(exercises.Order(), tried.Order());
    }

    [Fact]
    public void The_notebooks_have_the_exercises_of_the_book()
    {
        var cells = NotebookRunner.Find([]).Select(NotebookFile.Load).SelectMany(notebook => notebook.Cells);
        var graded = cells.Where(cell => cell.Points is not null).Select(cell => (cell.GradeId, cell.Points));
        var book = ExerciseBook.All.Select(exercise =>
            ((string?)(exercise.Kind == ExerciseKind.Think ? exercise.Id : exercise.Id + Test), (int?)exercise.Points));
        Assert.Equal(book.Order(), graded.Order());
    }

    [Fact]
    public void Each_function_has_hidden_questions_and_no_solution_uses_what_is_reserved()
    {
        foreach (var notebook in NotebookRunner.Find([]).Select(NotebookFile.Load))
        {
            foreach (var test in notebook.CodeCells)
            {
                if (test.TestedExercise is not { } exercise) continue;
                if (ExerciseBook.Find(exercise).Kind == ExerciseKind.Build) Assert.Contains("(\"hidden: ", test.Source);
                var solution = notebook.CodeCells.Single(cell => cell.GradeId == exercise);
                Assert.Empty(Words.Reserved(test).Intersect(Words.Of(solution.Source)));
            }
        }
    }

    [Fact]
    public void What_varies_stands_in_the_question_and_in_what_is_handed_over()
    {
        var varied = 0;
        foreach (var path in NotebookRunner.Find([]))
        {
            var notebook = NotebookFile.Load(path);
            foreach (var (index, test) in notebook.Cells.Index())
            {
                if (test.Notes?["vary"] is not JsonObject choices) continue;
                var cells = AssignmentVariant.CellsOf(notebook, index).ToArray();
                Assert.All(choices, choice => Assert.Contains(choice.Key, cells[0].Source));
                Assert.All(choices, choice => Assert.Contains(choice.Key, cells[1].Source + cells[2].Source));
                varied += choices.Count;
            }
        }
        Assert.InRange(varied, 26, 1000);
    }

    [Fact]
    public void Variants_differ_from_student_to_student_and_stay_the_same_for_each()
    {
        string Of(string student)
        {
            var notebook = NotebookFile.Load(Path.Combine(Checkout.Root, "notebooks", "06-quantization-first-principles.ipynb"));
            AssignmentVariant.Of("secret", student)!.Apply(notebook);
            return notebook.ToJson();
        }
        string[] students = [.. Enumerable.Range(0, 12).Select(number => $"student {number}")];
        Assert.InRange(students.Select(Of).Distinct().Count(), 4, 8);
        Assert.Equal(Of("ada"), Of("ada"));
    }

    /// <summary>The student's version with wrong answers and the solution before each test; the rest runs with the blanks.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public async Task A_students_version_runs_with_its_blanks_and_its_tests_tell_right_from_wrong(string name)
    {
        var notebook = NotebookFile.Load(NotebookRunner.Find([]).Single(path => Path.GetFileName(path) == name));
        var solutions = notebook.CodeCells.Where(cell => cell.GradeId is not null).ToDictionary(cell => cell.GradeId!, cell => cell.Source);
        Assignment.Make(notebook);
        List<CellText> cells = [];
        List<string> expected = [];
        foreach (var cell in notebook.CodeCells)
        {
            if (cell.TestedExercise is not { } exercise)
            {
                cells.Add(Text(cell.Source, cell.Language));
                continue;
            }
            var solution = solutions[exercise];
            var blank = notebook.CodeCells.Single(blank => blank.GradeId == exercise).Source;
            if (ExerciseBook.Find(exercise).Kind == ExerciseKind.WarmUp)
            {
                var (type, variable) = (Declaration().Match(blank).Groups[1].Value, Declaration().Match(blank).Groups[2].Value);
                string[] wrong = type switch
                {
                    "bool" => [$"!{variable}"],
                    "string" => ["\"\"", "\"nothing\""],
                    _ => ["-1234", $"2 * {variable} + 1"],
                };
                foreach (var answer in wrong)
                    Try($"{solution}\n{variable} = {answer};", answer, "Wrong");
            }
            else
                foreach (var (mistake, change) in WrongAnswers[exercise])
                {
                    Assert.Contains(change[0], solution);
                    Try(solution.Replace(change[0], change[1]), mistake, "Wrong");
                }
            Try(solution, "solution", "Right");
            Try(blank, "blank", "Open");

            void Try(string function, string what, string state)
            {
                var answer = $"{exercise}, {what}: ";
                cells.AddRange([Text(function), Text(cell.Source), Text(
                    $"Console.WriteLine(\"\\n{answer}\" + Check.All.Single(one => one.Id == \"{exercise}\").State);")]);
                expected.Add(answer + state);
            }
        }
        var (outcome, texts) = await workplace.RunAsync(name, [.. cells]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(expected, texts.SelectMany(text => Answer().Matches(text)).Select(match => match.Value));
    }

    private static CellText Text(string source, string? language = null) =>
        new(source, language is null ? "{}" : $"{{ \"polyglot_notebook\": {{ \"kernelName\": \"{language}\" }} }}");

    [GeneratedRegex("^(double|int|bool|string)[?] ([A-Za-z0-9]+) = null;")]
    private static partial Regex Declaration();

    [GeneratedRegex("^[0-9]{2}b?-[a-z]+, .*: (Right|Wrong|Open)$", RegexOptions.Multiline)]
    private static partial Regex Answer();

    /// <summary>A folder of the checkout with the notebooks' set-up, and results of profile smoke that they share.</summary>
    public sealed class Workplace : IDisposable
    {
        private readonly string folder =
            Directory.CreateDirectory(Path.Combine(Checkout.Artifacts, $"exercises-{Guid.NewGuid():n}")).FullName;

        public Workplace() =>
            File.Copy(Path.Combine(Checkout.Root, "notebooks", "setup.csx"), Path.Combine(folder, "setup.csx"));

        public void Dispose() => Directory.Delete(folder, recursive: true);

        internal async Task<(Outcome Outcome, IEnumerable<string> Texts)> RunAsync(string name, CellText[] cells)
        {
            var path = Path.Combine(folder, name);
            await File.WriteAllTextAsync(path, NotebookFolder.Json(cells));
            var outcome = await Cli.RunAsync(
                "notebooks", "run", path, "--profile", "smoke", "--artifacts", Path.Combine(folder, "results"), "--write");
            var outputs = NotebookFolder.Outputs(path).SelectMany(cell => cell);
            return (outcome, outputs.Where(output => output!["text"] is not null).Select(output => NotebookFolder.Text(output!["text"])));
        }
    }
}
