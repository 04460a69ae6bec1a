using System.Text;
using DistillKit.Data;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Installation;
using DistillKit.Runs.Profiles;
using DistillKit.Runs.Tests.Installation;
using DistillKit.Training;
using StbImageWriteSharp;
using Tests.Shared.Fuzzing;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests;

/// <summary>Damaged profiles, experiments and pictures are read and can be used, or are refused with one line.</summary>
[Collection(GlobalSettingsCollection.Name)]
public sealed class FuzzTests : IDisposable
{
    private const int Images = 40;
    private const double MostWidth = 0.25;

    private static readonly string Tiny = Stages.PipelineRunTests.Tiny.ToJson();

    private readonly int threads = get_num_threads();
    private readonly TrainingData data = new(
        new(SyntheticImages.Create(Images, 1), CPU), new(SyntheticImages.Create(20, 2), CPU), SyntheticImages.ClassNames);

    public FuzzTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(threads);
        data.Training.Dispose();
        data.Validation.Dispose();
    }

    [Fact]
    public void Damaged_profiles_are_refused_or_their_student_can_be_trained()
    {
        var builtIn = Profile.BuiltIn.Select(name => Profile.Load(name).ToJson());
        string[] originals = [Tiny, Stages.DistillationStageTests.EveryTerm, .. builtIn];
        Run("profiles", 0.15, [.. originals.Select(Encoding.UTF8.GetBytes)],
            mutant => Train(Profile.Parse(Encoding.UTF8.GetString(mutant), "mutant")));
    }

    [Fact]
    public void Damaged_experiments_are_refused_or_planned()
    {
        const string experiment = """
            {
              "name": "losses", "description": "For tests.", "seeds": [1, 2], "baseline": "alone", "metric": "Test",
              "margin": 0.2, "budget": "Equal",
              "set": { "data.training": 50, "student.training.phases.0.epochs": 1 },
              "recipes": { "alone": { "distillation.alpha": 0 }, "kd": { "distillation.terms": [{ "kind": "decoupled" }] } },
              "grid": { "distillation.temperature": [1, 4], "student.training.labelSmoothing": [0, 0.1] }
            }
            """;
        var profile = Profile.Parse(Tiny, "tiny");
        Run("experiments", 0.1, [Encoding.UTF8.GetBytes(experiment)], mutant =>
        {
            var planned = Experiment.Parse(Encoding.UTF8.GetString(mutant), "mutant", profile);
            Assert.Equal(planned.Runs.Count, planned.Runs.Select(run => run.Id.ToLowerInvariant()).Distinct().Count());
            ExperimentTable.Of(planned, _ => null).ToCsv();
        });
    }

    [Fact]
    public void Damaged_pictures_are_refused_or_decoded()
    {
        var pixels = new byte[40 * 30 * 3];
        new Random(1).NextBytes(pixels);
        byte[] Written(Action<ImageWriter, Stream> write)
        {
            using var stream = new MemoryStream();
            write(new(), stream);
            return stream.ToArray();
        }

        byte[][] originals =
        [
            FabricatedCifar10.EncodePng(pixels, 40, 30),
            Written((writer, stream) => writer.WritePng(pixels, 40, 30, ColorComponents.RedGreenBlue, stream)),
            Written((writer, stream) => writer.WriteJpg(pixels, 40, 30, ColorComponents.RedGreenBlue, stream, 90)),
            Written((writer, stream) => writer.WriteBmp(pixels, 40, 30, ColorComponents.RedGreenBlue, stream)),
        ];
        var counts = Fuzzer.Run(new("pictures", 0.1, originals, Decode, error => error is InvalidDataException)
        {
            MostAllocated = length => (64L << 20) + 20_000L * length,
        });
        Assert.True(counts.Read > 0 && counts.Refused > 0);

        static void Decode(byte[] mutant)
        {
            var picture = PictureFile.Read(mutant);
            Assert.Equal(picture.Width * picture.Height * 3, picture.Data.Length);
        }
    }

    private static void Run(string name, double share, IReadOnlyList<byte[]> originals, Action<byte[]> read)
    {
        var counts = Fuzzer.Run(new(name, share, originals, read, error => error is UserException)
        {
            Mutators = [JsonMutations.Apply, JsonMutations.Apply, ByteMutations.Apply],
        });
        Assert.True(counts.Read > 0 && counts.Refused > 0);
    }

    /// <summary>One epoch of the student, where that is quick: whatever is wrong with it should have been refused.</summary>
    private void Train(Profile profile)
    {
        Assert.Equal(profile.ToJson(), Profile.Parse(profile.ToJson(), "again").ToJson());
        var (model, recipe) = (profile.Student.Model, profile.Student.Training);
        var resolution = recipe.Phases[0].Resolution ?? 32;
        if (model.Width > MostWidth || resolution > 32 || recipe.BatchSize > Images) return;
        using var scope = NewDisposeScope();
        var quick = recipe with { Phases = [new(1, Math.Min(resolution, 16))], Precision = Precision.Float32 };
        using var network = model.Build();
        using var trainer = new Trainer(network, new SupervisedObjective(quick.LabelSmoothing), quick, data, profile.Seed);
        try
        {
            trainer.Run();
        }
        catch (UserException error) when (error.Message.StartsWith("The loss became", StringComparison.Ordinal))
        {
            // A learning rate may be too high without being a mistake in the file.
        }
    }
}
