using DistillKit.Cli.Grading;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit grade FOLDER`: executes what students have handed in, each in a kernel of its own, and grades it.</summary>
internal static class GradeCommand
{
    internal static Command Create()
    {
        var paths = new Argument<string[]>("SUBMISSIONS")
        {
            Description = "Folders with a folder or a file for each student, or files.",
            Arity = ArgumentArity.OneOrMore,
        };
        var key = Options.New<string[]>("--key", "The complete notebooks, files or folders. [default: all of notebooks/]");
        key.AllowMultipleArgumentsPerToken = true;
        var output = Options.Output("The folder for the results. [default: artifacts/grades]");
        var profile = Options.Profile();
        var secret = Options.New<string?>("--secret", "A text that students do not know, which hidden questions follow from.");
        var students = Options.New<string?>("--students", "A file with a name in each line: all of them get a grade.");
        var variants = Options.New<bool>("--variants", "Students were given variants, which `assignment make` made with the same secret.");
        var marks = Options.New<string?>("--marks", "A table of points that persons gave: a copy of to-mark.csv, filled in.");
        var parallel = Options.New("--parallel", "How many run at a time.", Math.Clamp(Environment.ProcessorCount, 1, 2));
        var timeout = Options.New(
            "--timeout", "The longest that a cell may take, in seconds; ten times what the solution's took where that is longer.", 60.0);
        var memory = Options.New("--memory", "The most memory that a submission may use, in MiB.", 4096L);
        var unconfined = Options.New<bool>(
            "--unconfined", "Also where this system cannot confine submissions: they then run with your rights, files and network.");
        var command = new Command("grade", "Grade notebooks that students have handed in.")
        {
            paths, key, output, profile, secret, students, variants, marks, parallel, timeout, memory, unconfined,
            Options.Data, Options.Json,
        };
        command.SetAction(async (arguments, cancellation) =>
        {
            if (!Confinement.HasNamespaces && !arguments.GetValue(unconfined))
            {
                throw new UserException(
                    "This system cannot confine what students wrote (see grading.md): where nothing on it matters, give --unconfined.");
            }
            var submissions = Submissions.Find(arguments.GetValue(paths)!);
            var names = arguments.GetValue(students) is { } list ? ClassList.Read(list) : null;
            if (names is not null && submissions.FirstOrDefault(one => !names.Contains(one.Student)) is { } unknown)
                throw new UserException($"{arguments.GetValue(students)} has no student {unknown.Student}: folders are named as there.");
            NotebookFile[] keys = [.. KeyFiles(arguments.GetValue(key) ?? []).Select(NotebookFile.Load)];
            var (limit, most, atATime) = (arguments.GetValue(timeout), arguments.GetValue(memory), arguments.GetValue(parallel));
            if (!(limit > 0)) throw new UserException($"--timeout must be above 0, not {limit}.");
            if (most < 512) throw new UserException($"--memory must be at least 512, not {most}: the kernel itself needs that.");
            if (atATime < 1) throw new UserException($"--parallel must be at least 1, not {atATime}.");
            var (_, chosen) = NotebookRunner.FindProfile(arguments.GetValue(profile)!);
            var settings = new GradingSettings(chosen, arguments.GetValue(Options.Data), TimeSpan.FromSeconds(limit), most << 20, atATime);
            var folder = Directory.CreateDirectory(arguments.GetValue(output) ?? Path.Combine(Checkout.Artifacts, "grades")).FullName;
            var given = arguments.GetValue(marks) is { } table ? Mark.Read(table, keys) : null;
            Mark.RequireUnfilled(Path.Combine(folder, GradeReport.ToMark));
            var hasVariants = arguments.GetValue(variants);
            if (hasVariants && arguments.GetValue(secret) is null) throw new UserException("--variants need the --secret that made them.");
            var grader = new Grader(keys, settings, arguments.GetValue(secret), names, hasVariants, folder);
            var isJson = arguments.GetValue(Options.Json);

            var grades = await ProgressView.WatchAsync(async progress =>
            {
                var start = Stopwatch.GetTimestamp();
                progress.Started("grade", $"{Terminal.Count(submissions.Count, "submission")}, {atATime} at a time; solutions run first");
                var graded = await grader.GradeAsync(
                    submissions,
                    (grade, share) => progress.Advanced(
                        $"{grade.Student} has {GradeBook.Number(grade.Points)} of {grade.Most} points", share),
                    cancellation);
                progress.Finished("grade", Terminal.Count(graded.Count, "submission"), Stopwatch.GetElapsedTime(start), false);
                return graded;
            }, isJson);
            if (given is not null)
            {
                (grades, var unused) = Mark.Give(given, grades);
                if (unused.Count > 0)
                {
                    var whose = string.Join(", ", unused.Select(mark => $"{mark.Student} {mark.Exercise}"));
                    Terminal.Warn($"marks of nobody here, or of an answer that has changed since: {whose}");
                }
            }
            var isolation = Confinement.HasNamespaces
                ? "Each submission ran in namespaces of its own: no network, and no view of the solutions or of another submission."
                : "This system has no namespaces: submissions ran as you, with your files and your network.";
            var open = GradeReport.Write(folder, grades, keys, isolation);
            arguments.Print(grades, shown => Show(shown, folder, isolation, open));
            return 0;
        });
        return command;
    }

    private static IReadOnlyList<string> KeyFiles(string[] paths)
    {
        string[] files = [.. paths.SelectMany(path =>
            Directory.Exists(path) ? Directory.GetFiles(path, "*.ipynb").Order(StringComparer.Ordinal) : (IEnumerable<string>)[path])];
        if (paths.Length > 0 && files.Length == 0)
            throw new UserException($"There is no notebook in {paths[0]}; where students have variants, the key is the notebooks.");
        return NotebookRunner.Find(files);
    }

    private static void Show(IReadOnlyList<NotebookGrade> grades, string folder, string isolation, int open)
    {
        var table = new TextTable("student", "notebook").Numbers("right", "partly", "wrong", "not written", "points", "of").Text("remarks");
        foreach (var grade in grades)
        {
            string Count(ExerciseState state) =>
                $"{grade.Exercises.Count(exercise => exercise.State == state && exercise.Points is not null)}";
            var all = grade.AllRemarks;
            var remarks = all.Count < 2 ? PlainText.Of(all.FirstOrDefault() ?? "", most: 100) : $"{all.Count} remarks";
            table.Add(
                grade.Student, grade.Notebook, Count(ExerciseState.Right), Count(ExerciseState.Partly), Count(ExerciseState.Wrong),
                Count(ExerciseState.Open), GradeBook.Number(grade.Points), $"{grade.Most}", remarks);
        }
        table.Show();
        Console.WriteLine(isolation);
        if (open > 0)
            Console.WriteLine($"{Terminal.Count(open, "answer")} to read in to-mark.html; points into a copy of to-mark.csv, then --marks");
        Console.WriteLine($"{Path.GetRelativePath(".", folder)}: grades.csv, statistics.html, junit.xml, feedback/, results/");
    }
}
