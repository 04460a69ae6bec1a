namespace DistillKit.Cli.Commands;

/// <summary>`distillkit notebooks run`: executes the curriculum without an editor, each notebook in a process of its own.</summary>
internal static class NotebooksCommand
{
    internal static Command Create() => new("notebooks", "Execute the notebooks of the curriculum, or check what was committed.") { Run() };

    private static Command Run()
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "Notebooks. [default: all of notebooks/, in order]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var profile = Options.Profile();
        var set = new Option<string[]>("--set")
        {
            Description = "A setting of the notebooks, name=value; may be repeated. They read it by Lab.Setting.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = Options.Output("The folder for the executed notebooks. [default: artifacts/PROFILE/notebooks]");
        var write = Options.New<bool>("--write", "Write the outputs into the notebooks themselves.");
        var check = Options.New<bool>("--check", "Execute nothing: fail when a notebook's outputs are not those of its code.");
        var timeout = Options.New<double>("--timeout", "The longest that a cell may take, in seconds.", 1800);
        var artifacts = Options.New<string?>("--artifacts", "Where the stages keep their results. [default: artifacts in the repository]");
        var command = new Command("run", "Execute notebooks from the top to the bottom, and save them with their outputs.")
        {
            files, profile, set, output, write, check, timeout, Options.Data, artifacts,
        };
        command.SetAction((arguments, cancellation) =>
        {
            var notebooks = NotebookRunner.Find(arguments.GetValue(files)!);
            if (arguments.GetValue(check)) return Task.FromResult(NotebookRunner.Check(notebooks));
            var limit = arguments.GetValue(timeout);
            if (!(limit > 0)) throw new UserException($"--timeout must be above 0, not {limit}.");
            if (arguments.GetValue(write) && arguments.GetValue(output) is not null)
                throw new UserException("--write and --output exclude each other.");
            var (name, chosen) = NotebookRunner.FindProfile(arguments.GetValue(profile)!);
            var standard = Path.Combine(arguments.GetValue(artifacts) ?? Checkout.Artifacts, name, "notebooks");
            var folder = arguments.GetValue(write) ? null : arguments.GetValue(output) ?? standard;
            var settings = NotebookRunner.Settings(
                arguments.GetValue(set) ?? [], chosen, arguments.GetValue(Options.Data), arguments.GetValue(artifacts));
            return NotebookRunner.RunAsync(notebooks, folder, settings, TimeSpan.FromSeconds(limit), cancellation);
        });
        return command;
    }
}
