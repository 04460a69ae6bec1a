namespace DistillKit.Distillation;

/// <summary>A teacher's logits for fixed views of the training images: a file of float16 for each view. The teacher sees the views at their
/// own size, or as it resizes them; a student may be shown them smaller.</summary>
/// <param name="run">What identifies the teacher, the images and the views, as text. Files of another run are made again.</param>
public sealed class SoftTargetStore(string folder, string run)
{
    private const string RunKey = "run";
    private const string LogitsKey = "logits";

    /// <summary>Whether nothing is missing of what a recipe shows.</summary>
    /// <exception cref="UserException">The recipe shows no fixed views, or mixes images.</exception>
    public bool Holds(TrainingRecipe recipe) => Missing(recipe).Count == 0;

    /// <summary>Asks the teacher for all views that a recipe shows and that are not stored; interrupted, those written stay.</summary>
    /// <param name="teacher">Makes the teacher; called only when something is missing.</param>
    /// <param name="recipe">Of the student, with <see cref="TrainingRecipe.Views"/>.</param>
    /// <returns>The number of views that were made.</returns>
    /// <exception cref="UserException">The recipe shows no fixed views, or mixes images.</exception>
    public int Fill(
        Func<ITeacher> teacher, DeviceImages images, TrainingRecipe recipe, IProgress<string>? progress = null,
        CancellationToken cancellation = default)
    {
        var missing = Missing(recipe);
        if (missing.Count == 0) return 0;
        using var asked = teacher();
        foreach (var (index, view) in missing.Index())
        {
            Write(view, asked, images, recipe, cancellation);
            progress?.Report($"{index + 1} of {missing.Count} views");
        }
        return missing.Count;
    }

    /// <summary>Loads the stored views that a student's recipe shows.</summary>
    /// <exception cref="UserException">A view is missing or damaged, or the recipe shows no fixed views.</exception>
    public StoredTeacher Open(TrainingRecipe recipe, DeviceImages images)
    {
        Validate(recipe);
        var logits = Shown(recipe).ToDictionary(view => view, view =>
        {
            using var file = Find(view)
                ?? throw new UserException($"The soft targets {PathOf(view)} are missing, or of another teacher: fill the store first.");
            return file.Tensors[LogitsKey].to(images.Device).clone().DetachFromDisposeScope();
        });
        return new(logits);
    }

    /// <summary>Checks that the answers about a recipe's images can be stored.</summary>
    /// <exception cref="UserException">They cannot; the message says why.</exception>
    public static void Validate(TrainingRecipe recipe)
    {
        if (recipe.Views is null)
            throw new UserException("Stored soft targets need fixed views: give the student's training, say, \"views\": { \"count\": 4 }.");
        if (recipe.Mixing is not null)
            throw new UserException("Stored soft targets cannot be mixed: leave out the student's mixing, or ask the teacher itself.");
    }

    /// <summary>How many batches a teacher answers at the same time.</summary>
    public static int SharesOn(Device device) => SideBySide.IsFaster(device) ? get_num_threads() : 1;

    private static IEnumerable<int> Shown(TrainingRecipe recipe) => Enumerable.Range(0, Math.Min(recipe.Epochs, recipe.Views!.Count));

    private List<int> Missing(TrainingRecipe recipe)
    {
        Validate(recipe);
        bool IsMissing(int view)
        {
            using var file = Find(view);
            return file is null;
        }
        return [.. Shown(recipe).Where(IsMissing)];
    }

    private void Write(int view, ITeacher teacher, DeviceImages images, TrainingRecipe recipe, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var batches = images.AugmentedBatches(recipe.BatchSize, recipe.Augmentation, recipe.Views!, view);
        var (parts, shares) = (new Tensor[batches.Count], SharesOn(images.Device));
        void Answer(int share, CancellationToken stop)
        {
            for (var step = share; step < parts.Length; step += shares)
            {
                stop.ThrowIfCancellationRequested();
                using var batchScope = NewDisposeScope();
                parts[step] = teacher.Answer(batches.Load(step), []).Logits.to(ScalarType.Float16).DetachFromDisposeScope();
            }
        }
        try
        {
            SideBySide.Run(shares, Answer, cancellation);
            Safetensors.Save(
                PathOf(view), [KeyValuePair.Create(LogitsKey, cat(parts))], new Dictionary<string, string> { [RunKey] = run });
        }
        finally
        {
            foreach (var part in parts) part?.Dispose();
        }
    }

    /// <summary>Null where there is none, one of another run, or a damaged one: it is made again.</summary>
    private SafetensorsFile? Find(int view)
    {
        if (!File.Exists(PathOf(view))) return null;
        try
        {
            var file = Safetensors.Load(PathOf(view));
            if (file.Metadata.GetValueOrDefault(RunKey) == run && file.Tensors.ContainsKey(LogitsKey)) return file;
            file.Dispose();
        }
        catch (UserException)
        {
        }
        return null;
    }

    private string PathOf(int view) => Path.Combine(folder, FormattableString.Invariant($"view{view}.safetensors"));
}

/// <summary>Answers that a teacher gave before (<see cref="SoftTargetStore"/>), in float32 again. It has no feature maps.</summary>
public sealed class StoredTeacher : ITeacher
{
    private readonly IReadOnlyDictionary<int, Tensor> logits;

    internal StoredTeacher(IReadOnlyDictionary<int, Tensor> logits) => this.logits = logits;

    /// <inheritdoc/>
    public int Classes => (int)logits.Values.First().shape[1];

    /// <inheritdoc/>
    public IReadOnlyList<FeatureTap> Features => [];

    /// <inheritdoc/>
    public NetworkOutput Answer(Batch batch, IReadOnlyList<string> features)
    {
        if (features.Count > 0)
            throw new UserException($"Stored soft targets have no feature '{features[0]}': ask the teacher itself, or compare logits.");
        if (batch.View is not { } view || !logits.TryGetValue(view.Number, out var stored))
            throw new UserException("No soft targets are stored for these images: fill the store first.");
        using var scope = NewDisposeScope();
        return new(stored.index_select(0, view.Indices).to(ScalarType.Float32).MoveToOuterDisposeScope(), new Dictionary<string, Tensor>());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in logits.Values) tensor.Dispose();
    }
}
