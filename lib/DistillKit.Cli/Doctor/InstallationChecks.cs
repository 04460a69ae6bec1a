using DistillKit.Cli.Notebooks;
using DistillKit.Data;

namespace DistillKit.Cli.Doctor;

/// <summary>Is the data set there and the published one, can notebooks be executed, and does Jupyter know how?</summary>
internal static class InstallationChecks
{
    internal static IEnumerable<Finding> Run() => [Data(), Kernel(), Jupyter()];

    private static Finding Data()
    {
        const string name = "data";
        var folder = Cifar10.DefaultFolder();
        if (Cifar10Files.TryLocate(folder) is not { } found)
            return Finding.Warn(name, $"CIFAR-10 is not in {folder}", "`./distillkit data get` installs it (a run does so by itself)");
        return Cifar10Files.Official.FindDefect(found) is { } defect
            ? Finding.Fail(name, defect, $"delete {found} and run `./distillkit data get`")
            : Finding.OK(name, $"CIFAR-10 in {found}, verified");
    }

    private static Finding Kernel()
    {
        try
        {
            KernelTool.Find();
            return Finding.OK("kernel", ".NET Interactive executes notebooks");
        }
        catch (UserException error)
        {
            return Finding.Warn("kernel", error.Message, "only notebooks need it");
        }
    }

    private static Finding Jupyter() => KernelSpecs.AreInstalled()
        ? Finding.OK("jupyter", "its kernels .net-csharp and .net-fsharp are installed")
        : Finding.Warn("jupyter", "it does not know the notebooks' kernels", "only Jupyter needs them; type: ./distillkit jupyter install");
}
