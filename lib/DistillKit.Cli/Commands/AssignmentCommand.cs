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
            var folder = Directory.CreateDirectory(arguments.GetValue(output) ?? Path.Combine(Checkout.Artifacts, "assignments")).FullName;
            var paths = NotebookRunner.Find(arguments.GetValue(files)!);
            foreach (var path in paths)
            {
                var target = Outputs.Protect(Path.Combine(folder, Path.GetFileName(path)), paths);
                var notebook = NotebookFile.Load(path);
                Assignment.Make(notebook);
                notebook.Save(target);
                Console.WriteLine(Path.GetRelativePath(".", target));
            }
            // The first cell of each imports it from beside the notebook.
            foreach (var setUp in paths.Select(path => Path.Combine(Path.GetDirectoryName(path)!, SetUp)).Distinct().Where(File.Exists))
                AtomicFile.WriteText(Outputs.Protect(Path.Combine(folder, SetUp), setUp), File.ReadAllText(setUp));
        });
        return command;
    }
}
