using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Distillation;

[Collection(GlobalSettingsCollection.Name)]
public sealed class SoftTargetStoreTests : IDisposable
{
    private static readonly TrainingRecipe Recipe = TinyTraining.Recipe with
    {
        Phases = [new(2, 8), new(3, 10)],
        Augmentation = new(2, Cutout: 2),
        Views = new(2, Seed: 4)
    };

    private readonly IDisposable scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly TinyTraining tiny = new();
    private int teachersMade;

    public void Dispose()
    {
        tiny.Dispose();
        folder.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Learning_from_the_store_is_learning_from_the_live_teacher(int threads)
    {
        var store = Store();
        // Which answer batches of their own.
        set_num_threads(threads);
        Assert.Equal(2, Fill(store));
        Assert.Equal(threads, get_num_threads());
        using var stored = store.Open(Recipe, tiny.Data.Training);
        using var live = Teacher();
        using var student = TinyTraining.Network(seed: 8);
        student.eval();
        foreach (var epoch in Enumerable.Range(0, Recipe.Epochs))
        {
            var batch = Shuffled(epoch);
            var fromStore = new DistillationObjective(stored, new(0.9, 4)).Compute(student, batch).Loss.item<float>();
            Assert.Equal(
                new DistillationObjective(live, new(0.9, 4)).Compute(student, batch).Loss.item<float>(), fromStore, tolerance: 1e-4f);
            // Answers about another view, or another image, are other answers.
            Assert.True(live.Answer(batch, []).Logits.sub(stored.Answer(batch, []).Logits).abs().max().item<float>() < 2e-3f);
            var shifted = batch with { View = batch.View! with { Indices = batch.View.Indices.flip(0) } };
            Assert.True(live.Answer(batch, []).Logits.sub(stored.Answer(shifted, []).Logits).abs().max().item<float>() > 1e-2f);
        }
    }

    [Fact]
    public void A_view_takes_two_bytes_for_a_logit()
    {
        Fill(Store());
        Assert.Equal(
            ["view0.safetensors", "view1.safetensors"], Directory.GetFiles(folder["store"]).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(folder["store"]), file => Assert.InRange(new FileInfo(file).Length, 2 * 4 * 80, 2 * 4 * 80 + 400));
    }

    [Fact]
    public void A_filled_store_does_not_ask_again_and_an_interrupted_one_asks_for_the_rest()
    {
        using (var cancellation = new CancellationTokenSource())
        {
            var afterOne = new SynchronousProgress<string>(done => { if (done.StartsWith('1')) cancellation.Cancel(); });
            Assert.Throws<OperationCanceledException>(
                () => Store().Fill(Teacher, tiny.Data.Training, Recipe, afterOne, cancellation.Token));
        }
        Assert.Equal(1, Fill(Store()));
        var asked = teachersMade;
        Assert.Equal(0, Fill(Store()));
        Assert.Equal(asked, teachersMade);
    }

    [Fact]
    public void Damaged_views_and_those_of_another_teacher_are_made_anew()
    {
        Fill(Store());
        File.WriteAllText(folder["store/view1.safetensors"], "no safetensors");
        Assert.Equal(1, Fill(Store()));
        Assert.Equal(2, Fill(Store("another teacher")));
    }

    [Fact]
    public void What_the_store_does_not_know_is_refused_with_the_reason()
    {
        var store = Store();
        Refused("fill the store first", () => store.Open(Recipe, tiny.Data.Training));
        Refused("\"views\"", () => Fill(store, Recipe with { Views = null }));
        Refused("mixing", () => Fill(store, Recipe with { Mixing = new(Mixup: 1) }));
        Fill(store);
        using var stored = store.Open(Recipe, tiny.Data.Training);
        Refused("'layer1'", () => stored.Answer(Shuffled(0), ["layer1"]));
        Refused("fill the store first", () => stored.Answer(Shuffled(0) with { View = null }, []));
        Refused("fill the store first",
            () => stored.Answer(tiny.Data.Training.AugmentedBatches(16, Recipe.Augmentation, new(3), 2).Load(0), []));
    }

    private static void Refused(string reason, Action act) => Assert.Contains(reason, Assert.Throws<UserException>(act).Message);

    private Batch Shuffled(int epoch) =>
        tiny.Data.Training.ShuffledBatches(Recipe.BatchSize, seed: 3, epoch, Recipe.Augmentation, views: Recipe.Views)
            .Load(1, Recipe.StretchAt(epoch).Resolution);

    private SoftTargetStore Store(string run = "a teacher") => new(folder["store"], run);

    private int Fill(SoftTargetStore store, TrainingRecipe? recipe = null) => store.Fill(Teacher, tiny.Data.Training, recipe ?? Recipe);

    private LiveTeacher Teacher()
    {
        teachersMade++;
        return new([TinyTraining.Network(seed: 2)]);
    }
}
