// The first cell of every notebook imports this file, the only one that knows which front end shows the notebook. It finds the library that
// ./distillkit has built, from any folder of the checkout, and tells it how this kernel displays and stops. Names are written out: a `using`
// here would hold in every cell.
{
    var context = Microsoft.DotNet.Interactive.KernelInvocationContext.Current;
    var root = new System.IO.DirectoryInfo(System.IO.Directory.GetCurrentDirectory());
    while (root is not null && !System.IO.File.Exists(System.IO.Path.Combine(root.FullName, "DistillKit.Notebooks.sln"))) root = root.Parent;
    var library = System.IO.Path.Combine(root?.FullName ?? "", "lib", "DistillKit.Notebook", "bin", "Release", "net10.0");
    if (root is null)
        context.Fail(context.Command, message: "This notebook is not in a checkout of DistillKit.Notebooks: put it below the folder notebooks.");
    else if (!System.IO.File.Exists(System.IO.Path.Combine(library, "DistillKit.Notebook.dll")))
        context.Fail(context.Command, message: $"The library is not built: type ./distillkit doctor in {root.FullName}, then run this cell again.");
    else
    {
        string[] parts =
        [
            "TorchSharp", "DistillKit.Edge", "DistillKit", "FSharp.Core", "XPlot.Plotly", "Microsoft.Data.Analysis", "DistillKit.Charts",
            "DistillKit.Notebook",
        ];
        var kernel = Microsoft.DotNet.Interactive.KernelExtensions.FindKernelByName(Microsoft.DotNet.Interactive.Kernel.Root, "csharp");
        ((Microsoft.DotNet.Interactive.CSharp.CSharpKernel)kernel).AddAssemblyReferences(parts.Select(part => System.IO.Path.Combine(library, part + ".dll")));
        // References hold from the next submission on, so what uses them is one of its own.
        await kernel.SendAsync(new Microsoft.DotNet.Interactive.Commands.SubmitCode("""
            DistillKit.Notebook.NotebookSession.Start(
                value =>
                {
                    var current = Microsoft.DotNet.Interactive.KernelInvocationContext.Current;
                    var shown = Microsoft.DotNet.Interactive.KernelInvocationContextExtensions.Display(current, value);
                    return next => shown.Update(next);
                },
                () => Microsoft.DotNet.Interactive.KernelInvocationContext.Current?.CancellationToken ?? default);
            """));
    }
}
