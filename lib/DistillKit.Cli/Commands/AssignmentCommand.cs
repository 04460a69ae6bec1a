namespace DistillKit.Cli.Commands;

/// <summary>`distillkit assignment make`: writes the versions of notebooks that students get, with blanks in place of solutions.</summary>
internal static class AssignmentCommand
{
    private const string SetUp = "setup.csx";

    internal static Command Create() => new("assignment", "Make assignments of the notebooks.") { Make() };

    private static Command Make()
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "Notebooks. [default: all of notebooks/, in order]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var output = Options.Output("The folder for the students' versions. [default: artifacts/assignments]");
        var command = new Command("make", "Write the students' versions: blanks in place of solutions, no outputs, no hidden tests.")
        {
            files, output,
        };
        command.SetAction(arguments =>
        {
            var folder = arguments.GetValue(output) ?? Path.Combine(Checkout.Artifacts, "assignments");
            foreach (var path in NotebookRunner.Find(arguments.GetValue(files)!))
            {
                var target = Path.GetFullPath(Path.Combine(folder, Path.GetFileName(path)));
                if (target == path) throw new UserException($"{path} would be overwritten: give another folder by --output.");
                var notebook = NotebookFile.Load(path);
                Assignment.Make(notebook);
                Directory.CreateDirectory(folder);
                notebook.Save(target);
                // The first cell of each imports it from beside the notebook.
                var setUp = Path.Combine(Path.GetDirectoryName(path)!, SetUp);
                if (File.Exists(setUp)) AtomicFile.WriteText(Path.Combine(folder, SetUp), File.ReadAllText(setUp));
                Console.WriteLine(Path.GetRelativePath(".", target));
            }
        });
        return command;
    }
}
