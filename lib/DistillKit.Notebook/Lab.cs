using System.ComponentModel;
using DistillKit.Networks;
using DistillKit.Notebook.Formatting;
using DistillKit.Runs.Installation;
using DistillKit.Runs.Profiles;
using TorchSharp;

namespace DistillKit.Notebook;

/// <summary>A network that a stage has trained, what the training came to, and the file with the network.</summary>
public sealed record TrainedNetwork(string Stage, TrainingResult Result, string ModelPath)
{
    /// <summary>What the training has logged.</summary>
    /// <exception cref="UserException">Its log has been removed.</exception>
    public TrainingHistory History =>
        TrainingHistory.Read(Stage, Path.Combine(Path.GetDirectoryName(ModelPath)!, MetricsLog.FileName));

    /// <summary>The network with its weights, ready for inference on <see cref="Lab.Device"/>.</summary>
    public ImageClassifier Load()
    {
        var model = ModelFile.Load(ModelPath).Model;
        model.eval();
        model.to(Lab.Device);
        return model;
    }
}

/// <summary>A profile's results, as a notebook uses them: every stage runs when it is first asked for, with live progress, and is found
/// again afterwards, also by other notebooks and by <c>./distillkit run</c>. The folder is locked only while a stage runs.</summary>
public sealed class Lab
{
    private const string Prefix = "DISTILLKIT_";

    private readonly string? dataFolder = Variable("DATA");
    private readonly string? reference;
    private readonly Lazy<PipelineImages> images;

    private Lab(Profile profile)
    {
        Profile = profile;
        Folder = Path.GetFullPath(Path.Combine(Variable("ARTIFACTS") ?? Path.Combine(Root(), "artifacts"), profile.Name));
        var finished = Path.Combine(Root(), "data", "reference", profile.Name, "stages");
        reference = Directory.Exists(finished) ? finished : null;
        images = new(() =>
        {
            if (profile.Data.Source == DataSource.Cifar10)
                Cifar10Installer.Create(dataFolder).RunAsync(null, NotebookSession.Cancellation).GetAwaiter().GetResult();
            return profile.Data.Load(dataFolder, profile.Seed);
        });
    }

    /// <summary>What the stages do.</summary>
    public Profile Profile { get; }

    /// <summary>Where their results are.</summary>
    public string Folder { get; }

    /// <summary>The profile's images; CIFAR-10 is fetched if it is not there.</summary>
    /// <exception cref="UserException">CIFAR-10 could not be had.</exception>
    public PipelineImages Images => images.Value;

    /// <summary>The names of the stages that train a network, in order.</summary>
    public static IReadOnlyList<string> Networks { get; } = [StageNames.Teacher, StageNames.Baseline, StageNames.Student];

    /// <summary>Where networks and images of a notebook are: the GPU where there is one.</summary>
    public static Device Device => cuda.is_available() ? CUDA : CPU;

    /// <summary>Opens a profile's results.</summary>
    /// <param name="profile">The profile; when not given, that of the environment variable DISTILLKIT_PROFILE, else the first line of
    /// notebooks/profile.txt, else quick.</param>
    /// <exception cref="UserException">There is no such profile.</exception>
    public static Lab Open(string? profile = null) => new(Profile.Load(profile ?? Variable("PROFILE") ?? OfClass() ?? "quick"));

    /// <summary>A setting of the notebook: the environment variable DISTILLKIT_NAME, which <c>distillkit notebooks run --set name=value</c>
    /// sets, else the standard.</summary>
    /// <exception cref="UserException">The variable's text is no such value.</exception>
    public static T Setting<T>(string name, T standard)
    {
        if (Variable(VariableName(name)) is not { } text) return standard;
        try
        {
            return (T)TypeDescriptor.GetConverter(typeof(T)).ConvertFromInvariantString(text)!;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or NotSupportedException)
        {
            var where = $"environment variable {Prefix}{VariableName(name)}";
            throw new UserException($"The setting {name} must be a {typeof(T).Name}, not '{text}' ({where}).", error);
        }
    }

    /// <summary>Trains a network, after those that it needs, unless that has been done, here or by those who wrote this.</summary>
    /// <param name="stage">One of <see cref="Networks"/>.</param>
    /// <param name="again">Trains it here in any case; what is made of it is made again, too, when it is asked for.</param>
    /// <exception cref="UserException">There is no such stage, or something that the reader can fix went wrong.</exception>
    public TrainedNetwork Train(string stage, bool again = false)
    {
        if (!Networks.Contains(stage)) throw new UserException($"There is no network '{stage}': {string.Join(", ", Networks)}.");
        return With(run =>
        {
            if (again) run.Forget(stage);
            var (result, path) = run.Train(run.TrainingStages.First(candidate => candidate.Name == stage), NotebookSession.Cancellation);
            return new TrainedNetwork(stage, result, path);
        });
    }

    /// <summary>Quantizes the distilled student after its training.</summary>
    public PostTrainingResult Quantize() => With(run => run.Quantize(NotebookSession.Cancellation));

    /// <summary>Trains the distilled student with rounded numbers.</summary>
    public TrainingResult TrainAware() => With(run => run.TrainAware(NotebookSession.Cancellation));

    /// <summary>Writes every network as an ONNX file.</summary>
    public ExportResult Export() => With(run => run.Export(NotebookSession.Cancellation));

    /// <summary>Measures the deployed files; all stages before it run if need be.</summary>
    public BenchmarkResult Benchmark() =>
        With(run => run.Benchmark(File.Exists(Command()) ? PeakMemory : null, NotebookSession.Cancellation));

    /// <summary>The peak memory in bytes of a fresh process, the command's, that runs a deployed network: a notebook's own holds a
    /// compiler.</summary>
    /// <exception cref="UserException">The process failed, or the command has not been built.</exception>
    public static long PeakMemory(Deployment deployment) => ProcessMemory.Measure(Command(), deployment);

    /// <summary>Runs an experiment on the lab's profile, as <c>distillkit experiment</c> does. What is done is found again. Its runs
    /// share a line, which says in the end that they are done, and a table below it.</summary>
    /// <param name="experiment">What the experiment's file says, as JSON, without <c>profile</c>: that is the lab's.</param>
    /// <exception cref="UserException">The text has a mistake, or something that the reader can fix went wrong.</exception>
    public ExperimentTable Run(string experiment)
    {
        _ = Images;
        var parsed = Parse(experiment);
        using var progress = new LiveProgress(parsed.Name, parsed.RunNames);
        var run = new ExperimentRun(parsed, Path.Combine(Folder, "experiments", parsed.Name), progress, Device, dataFolder);
        run.Run(Shard.All, NotebookSession.Cancellation);
        var table = run.Table();
        progress.Finished(parsed.Name, FormattableString.Invariant($"{table.Runs.Count} runs"), TimeSpan.Zero);
        NotebookSession.Show(ResultTables.OfRuns(table));
        return table;
    }

    /// <summary>The results of an experiment that come with the repository.</summary>
    /// <param name="name">Its folder in data/reference, for instance <c>losses</c>.</param>
    /// <exception cref="UserException">There is none of that name, or its file cannot be read.</exception>
    public static ExperimentTable Reference(string name) =>
        ExperimentTable.Read(Path.Combine(Root(), "data", "reference", name, "results.json"));

    /// <summary>The benchmark of a profile that comes with the repository.</summary>
    /// <param name="profile">Its folder in data/reference, for instance <c>quick</c>.</param>
    /// <exception cref="UserException">There is none of that profile, or its file cannot be read.</exception>
    public static BenchmarkResult ReferenceBenchmark(string profile) =>
        BenchmarkResult.Read(Path.Combine(Root(), "data", "reference", profile, BenchmarkResult.FileName));

    /// <summary>Reads an experiment on the lab's profile without carrying it out.</summary>
    /// <param name="experiment">What the experiment's file says, as JSON.</param>
    /// <exception cref="UserException">The text has a mistake.</exception>
    public Experiment Parse(string experiment) => Experiment.Parse(experiment, "of this notebook", Profile);

    /// <summary>Images on the device, normalized as networks expect them.</summary>
    public DeviceImages OnDevice(ImageSet set) => new(set, Device, Images.Normalization);

    /// <inheritdoc/>
    public override string ToString() => $"profile {Profile.Name}: {Profile.Description}" + (reference is null ? "" :
        $" Its networks come with the repository (data/reference/{Profile.Name}); lab.Train(\"teacher\", again: true) trains one here.");

    private T With<T>(Func<PipelineRun, T> work)
    {
        _ = Images;
        using var progress = new LiveProgress();
        using var run = new PipelineRun(Profile, Folder, progress, dataFolder: dataFolder, reference: reference);
        return work(run);
    }

    private static string VariableName(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_'));

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(Prefix + name) is { Length: > 0 } text ? text : null;

    // What a class has agreed on.
    private static string? OfClass()
    {
        var file = Path.Combine(Root(), "notebooks", "profile.txt");
        return File.Exists(file) && File.ReadLines(file).FirstOrDefault()?.Trim() is { Length: > 0 } name ? name : null;
    }

    // What ./distillkit starts.
    private static string Command() => Path.Combine(Root(), "lib", "DistillKit.Cli", "bin", "Release", "net10.0", "DistillKit.Cli.dll");

    // Notebooks run in their folder; the results stand beside it.
    private static string Root() => Checkout.Find(Directory.GetCurrentDirectory()) ?? Directory.GetCurrentDirectory();
}
