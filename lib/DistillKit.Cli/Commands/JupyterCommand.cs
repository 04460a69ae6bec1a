namespace DistillKit.Cli.Commands;

/// <summary>`distillkit jupyter install`: the kernels that Jupyter runs the notebooks with.</summary>
internal static class JupyterCommand
{
    internal static Command Create()
    {
        var folder = Options.New<string?>(
            "--folder", "Jupyter's folder of kernels, for instance /usr/local/share/jupyter/kernels for everybody. [default: yours]");
        var command = new Command("install", "Install the kernels for C# and F#.") { folder };
        command.SetAction(arguments =>
        {
            var target = Path.GetFullPath(arguments.GetValue(folder) ?? KernelTool.PersonalFolder);
            Console.WriteLine($"{string.Join(" and ", KernelTool.Install(target))} are in {target}: start Jupyter and open a notebook");
        });
        return new("jupyter", "Let Jupyter run the notebooks.") { command };
    }
}
