using System.CommandLine.Parsing;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit experiment FILE`: recipes x grid x seeds, at equal budget, in any number of processes, with a verdict.</summary>
internal static class ExperimentCommand
{
    internal static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "What to compare: a JSON file with recipes, seeds and a baseline (lib/DistillKit.Runs/Experiments/README.md).",
        };
        var shard = new Option<Shard?>("--shard")
        {
            Description = "i/n, i from 0: do the i-th of n shares of the runs; others may do the rest at the same time.",
            HelpName = "i/n",
            CustomParser = ParseShard,
        };
        var prepare = Options.New<bool>("--prepare", "Only train the networks that the runs learn from: the first job of an array.");
        var table = Options.New<bool>("--table", "Run nothing: show the table of what has finished.");
        var output = Options.Output("Where results go; all shards need the same folder. [default: artifacts/experiments/NAME]");
        var command = new Command("experiment", "Compare recipes over several seeds at equal budget, and say which beat the baseline.")
        {
            file, shard, prepare, table, output, Options.Data, Options.Threads, Options.Device, Options.Json,
        };
        command.Validators.Add(result =>
        {
            Option[] modes = [.. new Option[] { shard, prepare, table }.Where(option => result.GetResult(option) is { Implicit: false })];
            if (modes.Length > 1) result.AddError($"{modes[0].Name} and {modes[1].Name} exclude each other.");
        });
        command.SetAction(async (arguments, cancellation) =>
        {
            var experiment = Experiment.Load(arguments.GetValue(file)!);
            var standard = Path.Combine(Checkout.Artifacts, "experiments", experiment.Name);
            var folder = Outputs.Folder(arguments.GetValue(output), standard, arguments.GetValue(file)!);
            foreach (var name in (string[])["results.csv", "results.json"])
                Outputs.Protect(Path.Combine(folder, name), arguments.GetValue(file));
            var isJson = arguments.GetValue(Options.Json);
            var result = await ProgressView.WatchAsync(async view =>
            {
                var run = new ExperimentRun(experiment, folder, view, arguments.PrepareEngine(), arguments.GetValue(Options.Data));
                if (arguments.GetValue(table)) return run.Table();
                await run.InstallDataAsync(cancellation);
                if (arguments.GetValue(prepare)) run.Prepare(cancellation);
                else run.Run(arguments.GetValue(shard) ?? Shard.All, cancellation);
                return run.Table();
            }, isJson);
            if (isJson) Terminal.Raw.WriteLine(result.ToJson());
            else if (!arguments.GetValue(prepare)) ExperimentView.Show(result, folder);
            return 0;
        });
        return command;
    }

    private static Shard? ParseShard(ArgumentResult result)
    {
        try
        {
            return Shard.Parse(result.Tokens.Single().Value);
        }
        catch (UserException error)
        {
            result.AddError(error.Message);
            return null;
        }
    }
}
