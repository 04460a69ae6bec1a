using DistillKit.Cli.Notebooks;

namespace DistillKit.Cli.Doctor;

/// <summary>Whether notebooks can be executed, and whether Jupyter knows how.</summary>
internal static class KernelCheck
{
    internal static IEnumerable<Check> Run()
    {
        Check? failed = null;
        try
        {
            KernelTool.FindAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (UserException error)
        {
            failed = Check.Warn("kernel", error.Message, "only notebooks need it; `dotnet tool restore` in the checkout says more");
        }
        yield return failed ?? Check.OK("kernel", ".NET Interactive executes notebooks");
        yield return KernelSpecs.AreInstalled()
            ? Check.OK("jupyter", "its kernels .net-csharp and .net-fsharp are installed")
            : Check.Warn("jupyter", "it does not know the kernels of the notebooks", "only Jupyter needs them; type: ./distillkit jupyter install");
    }
}
