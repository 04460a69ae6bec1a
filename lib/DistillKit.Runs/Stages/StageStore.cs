namespace DistillKit.Runs.Stages;

/// <summary>What a finished stage leaves in its <c>stage.json</c>: the fingerprint of all that it depends on, and its result.</summary>
/// <param name="IsReference">Whether it has come with the repository, or was made of such results; null where all was made here.</param>
public sealed record FinishedStage<T>(
    string Fingerprint, DateTimeOffset Date, T Result,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? IsReference = null);

/// <summary>The results of a profile's stages, a folder each. A finished stage has a <c>stage.json</c> with the fingerprint of all that it
/// depends on; it is not run again until that changes. Files that a stage writes are not a run's before a run has begun that stage, and are
/// not overwritten.</summary>
public sealed class StageStore : IDisposable
{
    private const string StageFile = "stage.json";
    private const string BegunFile = "stage.begun";

    // Part of every fingerprint: other options would make all finished results stale.
    private static readonly JsonSerializerOptions Fingerprinted = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly FileStream exclusive;

    private StageStore(string folder, FileStream exclusive) => (Folder, this.exclusive) = (Path.GetFullPath(folder), exclusive);

    internal string Folder { get; }

    /// <summary>Finished stages that have come with the repository, and are taken where none was made here; null to take none.</summary>
    internal string? Reference { get; private set; }

    /// <summary>Opens the store for this process alone; null when another process is using it and there is nobody to wait.</summary>
    /// <param name="waiting">Is called if another process uses it, which is then waited for.</param>
    internal static StageStore? TryOpen(string folder, Action? waiting = null, CancellationToken cancellation = default)
    {
        try
        {
            var path = Path.Combine(Directory.CreateDirectory(folder).FullName, ".lock");
            var exclusive = waiting is null ? LockFile.TryHold(path) : LockFile.Hold(path, cancellation, waiting);
            return exclusive is null ? null : new(folder, exclusive);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, $"{error.Message.TrimEnd('.')}. Choose", error);
        }
    }

    internal static StageStore Open(string folder, string? reference = null)
    {
        var store = TryOpen(folder) ?? throw Unusable(folder, "another run is using it. Wait for that run, or choose");
        store.Reference = reference;
        return store;
    }

    internal string FolderOf(string stage) => Path.Combine(Folder, stage);

    /// <summary>What a training writes beside its network.</summary>
    internal IEnumerable<string> LogsOf(string stage) =>
        [Path.Combine(FolderOf(stage), TrainingFiles.CheckpointName), Path.Combine(FolderOf(stage), MetricsLog.FileName)];

    /// <summary>A text that changes with each input, texts or recipes. What a recipe leaves out (null) does not count.</summary>
    public static string Fingerprint(params IEnumerable<object> inputs)
    {
        var text = string.Join('\n', inputs.Select(input => input as string ?? JsonSerializer.Serialize(input, Fingerprinted)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>The result of a finished stage.</summary>
    /// <param name="sources">The stages whose results have gone into it: one of the repository does not come after one made here.</param>
    internal T? Find<T>(string stage, string fingerprint, params IEnumerable<string> sources) where T : class
    {
        var takesReference = Reference is not null && !sources.Any(IsMadeHere);
        if (takesReference && !IsMadeHere(stage) && Read<T>(Reference!, stage, fingerprint) is not null) Copy(stage);
        return takesReference || IsMadeHere(stage) ? Read<T>(Folder, stage, fingerprint) : null;
    }

    /// <summary>The result of a finished stage in a store that may be another process's.</summary>
    internal static T? Read<T>(string folder, string stage, string fingerprint) where T : class =>
        RecordOf<T>(folder, stage) is { } record && record.Fingerprint == fingerprint ? record.Result : null;

    private static FinishedStage<T>? RecordOf<T>(string folder, string stage)
    {
        var path = Path.Combine(folder, stage, StageFile);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<FinishedStage<T>>(File.ReadAllText(path), Json.IndentedResult);
        }
        catch (JsonException)
        {
            // An older or damaged record: the stage runs again.
            return null;
        }
    }

    /// <summary>Marks a stage as begun: what is in its folder from now on is a run's.</summary>
    internal void Begin(string stage)
    {
        if (!HasBegun(stage)) AtomicFile.WriteText(Path.Combine(FolderOf(stage), BegunFile), "");
    }

    /// <summary>Marks a stage as finished: a checkpoint is not needed any more.</summary>
    /// <param name="sources">The stages whose results have gone into it.</param>
    internal void Finish<T>(string stage, string fingerprint, T result, params IEnumerable<string> sources)
    {
        var record = new FinishedStage<T>(fingerprint, DateTimeOffset.UtcNow, result, sources.Any(IsReference) ? true : null);
        AtomicFile.Write(Path.Combine(FolderOf(stage), StageFile), stream => JsonSerializer.Serialize(stream, record, Json.IndentedResult));
        foreach (var mark in (string[])[BegunFile, TrainingFiles.CheckpointName]) File.Delete(Path.Combine(FolderOf(stage), mark));
    }

    internal void Forget(string stage)
    {
        var path = Path.Combine(FolderOf(stage), StageFile);
        if (File.Exists(path)) File.Move(path, Path.Combine(FolderOf(stage), BegunFile), overwrite: true);
    }

    /// <exception cref="UserException">One of the files that a stage writes is there although no run has begun that stage.</exception>
    internal void RequireOwn(string stage, IEnumerable<string> files)
    {
        if (HasBegun(stage) || files.FirstOrDefault(Path.Exists) is not { } path) return;
        var use = stage == StageNames.Teacher ? ", and to teach with it name it in the profile as \"weights\" of the \"teacher\"" : "";
        throw new UserException($"No run has written {path}, and the stage {stage} would overwrite it: move it to another place{use}.");
    }

    /// <inheritdoc/>
    public void Dispose() => exclusive.Dispose();

    private static UserException Unusable(string folder, string reason, Exception? inner = null) =>
        new($"Cannot use {Path.GetFullPath(folder)} for results: {reason} another folder with --output.", inner);

    /// <summary>Whether a run has begun it here, also if it has not finished.</summary>
    private bool IsMadeHere(string stage) => HasBegun(stage) && !IsReference(stage);

    private bool IsReference(string stage) => RecordOf<JsonElement>(Folder, stage) is { IsReference: true };

    /// <summary>Takes over a stage of the repository.</summary>
    /// <exception cref="UserException">One of its files is there, and is no run's.</exception>
    private void Copy(string stage)
    {
        // The record comes last: without it the rest does not count.
        var files = Directory.GetFiles(Path.Combine(Reference!, stage));
        RequireOwn(stage, files.Select(file => Path.Combine(FolderOf(stage), Path.GetFileName(file))));
        foreach (var file in files.OrderBy(file => Path.GetFileName(file) == StageFile))
            AtomicFile.Write(Path.Combine(FolderOf(stage), Path.GetFileName(file)), stream =>
            {
                using var source = File.OpenRead(file);
                source.CopyTo(stream);
            });
    }

    private bool HasBegun(string stage) =>
        ((string[])[StageFile, BegunFile]).Any(mark => File.Exists(Path.Combine(FolderOf(stage), mark)));
}
