// The first cell of every notebook imports this file, the only one that knows which front end shows the notebook. It finds the library
// that ./distillkit has built, from any folder of the checkout, and tells it how this kernel displays and stops. Names are written out:
// a `using` here would hold in every cell.
{
    var context = Microsoft.DotNet.Interactive.KernelInvocationContext.Current;
    var root = new System.IO.DirectoryInfo(System.IO.Directory.GetCurrentDirectory());
    while (root is not null && !System.IO.File.Exists(System.IO.Path.Combine(root.FullName, "DistillKit.Notebooks.sln")))
        root = root.Parent;
    var library = System.IO.Path.Combine(root?.FullName ?? "", "lib", "DistillKit.Notebook", "bin", "Release", "net10.0");
    if (root is null)
        context.Fail(context.Command, message: "This notebook is in no checkout of DistillKit.Notebooks: put it into notebooks/ of one.");
    else if (!System.IO.File.Exists(System.IO.Path.Combine(library, "DistillKit.Notebook.dll")))
    {
        var what = $"The library is not built: type ./distillkit doctor in {root.FullName}, then run this cell again.";
        context.Fail(context.Command, message: what);
    }
    else
    {
        string[] parts =
        [
            "TorchSharp", "DistillKit.Edge", "DistillKit", "DistillKit.Runs", "FSharp.Core", "XPlot.Plotly", "Microsoft.Data.Analysis",
            "DistillKit.Charts", "DistillKit.Notebook",
        ];
        var kernel = Microsoft.DotNet.Interactive.KernelExtensions.FindKernelByName(Microsoft.DotNet.Interactive.Kernel.Root, "csharp");
        var assemblies = parts.Select(part => System.IO.Path.Combine(library, part + ".dll"));
        ((Microsoft.DotNet.Interactive.CSharp.CSharpKernel)kernel).AddAssemblyReferences(assemblies);
        // The kernel compiles cells for a debugger: a reader's loop would take several times as long as in a program. Warnings beyond the
        // first level are of versions of assemblies (CS1701), which no reader can change.
        var inside = System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic;
        var settings = kernel.GetType().GetField("_scriptOptions", inside);
        if (settings?.GetValue(kernel) is Microsoft.CodeAnalysis.Scripting.ScriptOptions script)
            settings.SetValue(kernel, script.WithOptimizationLevel(Microsoft.CodeAnalysis.OptimizationLevel.Release).WithWarningLevel(1));
        if (!System.IO.Directory.EnumerateFiles(library, "*LibTorchSharp.*").Any())
            Console.WriteLine("There is no engine for this system, so nothing can be trained here: ./distillkit doctor says why.");
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

        // Jupyter interrupts by a signal, which would end the kernel: its web host takes it for the end of all work. (As a message it comes
        // only when the cell is over.) So the host's handler goes, and ours ends the cell. `notebooks run` has one of its own.
        const string key = "distillkit.interrupt";
        if (System.AppDomain.CurrentDomain.GetData(key) is null && !System.OperatingSystem.IsWindows())
        {
            var hidden = System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic;
            var registration = typeof(System.Runtime.InteropServices.PosixSignalRegistration);
            var handlers = registration.GetField("s_registrations", hidden)?.GetValue(null);
            const int interrupt = 2;
            if (handlers is System.Collections.IDictionary table && table[interrupt] is System.Collections.IList list) list.Clear();
            var all = Microsoft.DotNet.Interactive.Kernel.Root;
            System.AppDomain.CurrentDomain.SetData(key, System.Runtime.InteropServices.PosixSignalRegistration.Create(
                System.Runtime.InteropServices.PosixSignal.SIGINT,
                signal =>
                {
                    signal.Cancel = true;
                    _ = all.SendAsync(new Microsoft.DotNet.Interactive.Commands.Cancel());
                }));
        }
    }
}
