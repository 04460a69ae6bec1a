using DistillKit.Data;

namespace DistillKit.Cli.Doctor;

/// <summary>Is the data set there, and is it the published one?</summary>
internal static class DataCheck
{
    public static Check Run()
    {
        const string name = "data";
        var folder = Cifar10.DefaultFolder();
        if (Cifar10Layout.TryLocate(folder) is not { } found)
            return Check.Warn(name, $"CIFAR-10 is not in {folder}", "`./distillkit data get` installs it (a run does so by itself)");
        return Cifar10Layout.Official.FindDefect(found) is { } defect
            ? Check.Fail(name, defect, $"delete {found} and run `./distillkit data get`")
            : Check.OK(name, $"CIFAR-10 in {found}, verified");
    }
}
