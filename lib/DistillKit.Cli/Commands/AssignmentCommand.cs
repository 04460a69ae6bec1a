using DistillKit.Cli.Grading;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit assignment`: the versions of notebooks that students get, with blanks in place of solutions, and slides.</summary>
internal static class AssignmentCommand
{
    private const string SetUp = "setup.csx";

    internal static Command Create() => new("assignment", "Make assignments of the notebooks, and slides.") { Make(), Slides() };

    private static Command Make()
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "Notebooks. [default: all of notebooks/, in order]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var output = Options.Output("The folder for the students' versions. [default: artifacts/assignments]");
        var students = Options.New<string?>("--students", "A file with a name in each line: each gets one of eight variants.");
        var secret = Options.New<string?>("--secret", "A text that students do not know, which variants follow from.");
        var command = new Command("make", "Write the students' versions (blanks, no outputs, no hidden tests), and the solutions.")
        {
            files, output, students, secret,
        };
        command.SetAction(arguments =>
        {
            var folder = Directory.CreateDirectory(arguments.GetValue(output) ?? Path.Combine(Checkout.Artifacts, "assignments")).FullName;
            var paths = NotebookRunner.Find(arguments.GetValue(files)!);
            var names = arguments.GetValue(students) is { } list ? ClassList.Read(list) : null;
            if ((names is null) != (arguments.GetValue(secret) is null))
                throw new UserException("--students and --secret belong together: the variants follow from both.");
            foreach (var name in names ?? [""])
            {
                var own = Path.Combine(folder, name);
                foreach (var path in paths)
                {
                    var notebook = NotebookFile.Load(path);
                    var variant = AssignmentVariant.Of(arguments.GetValue(secret), name);
                    variant?.Apply(notebook);
                    notebook.Save(TargetIn(Path.Combine(folder, "solutions", name), path));
                    Assignment.Make(notebook, variant?.Number ?? 0);
                    var target = TargetIn(own, path);
                    notebook.Save(target);
                    Console.WriteLine(Path.GetRelativePath(".", target));
                }
                // The first cell of each imports it from beside the notebook.
                foreach (var setUp in paths.Select(path => Path.Combine(Path.GetDirectoryName(path)!, SetUp)).Distinct().Where(File.Exists))
                    AtomicFile.WriteText(Outputs.Protect(Path.Combine(own, SetUp), setUp), File.ReadAllText(setUp));
            }
            Console.WriteLine($"the solutions, not to be handed out: {Path.GetRelativePath(".", Path.Combine(folder, "solutions"))}");

            string TargetIn(string place, string path) => Outputs.Protect(Path.Combine(place, Path.GetFileName(path)), paths);
        });
        return command;
    }

    private static Command Slides()
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "Slides in Markdown. [default: all of notebooks/instructor/slides]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var output = Options.Output("The folder for the pages. [default: artifacts/slides]");
        var command = new Command("slides", "Make pages of slides, to show and to print, with charts of the notebooks.") { files, output };
        command.SetAction(arguments =>
        {
            var folder = arguments.GetValue(output) ?? Path.Combine(Checkout.Artifacts, "slides");
            var standard = Path.Combine(Checkout.Root, "notebooks", "instructor", "slides");
            string[] paths = arguments.GetValue(files) is { Length: > 0 } given ? given
                : Directory.Exists(standard) ? [.. Directory.GetFiles(standard, "*.md").Order(StringComparer.Ordinal)] : [];
            if (paths.Length == 0) throw new UserException($"There are no slides in {standard}.");
            var missing = 0;
            foreach (var path in paths)
            {
                var target = Path.Combine(folder, Path.GetFileNameWithoutExtension(path) + ".html");
                try
                {
                    Console.WriteLine($"{Path.GetRelativePath(".", target)}: {Terminal.Count(SlidePage.Write(path, target), "slide")}");
                }
                catch (UserException error) when (paths.Length > 1)
                {
                    missing++;
                    Terminal.Warn(error.Message);
                }
            }
            return missing == 0 ? 0 : 1;
        });
        return command;
    }
}
