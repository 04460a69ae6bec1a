namespace DistillKit.Networks;

/// <summary>Why the tensors of a file are not those of a network, and what to do about it.</summary>
internal static class ModelDifference
{
    private const int Named = 3;

    /// <summary>The reason in words, without a full stop; null where the file fits.</summary>
    public static string? Of(SafetensorsFile file, IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        var names = state.Keys.Where(name => !IsCounter(name)).Union(file.Tensors.Keys);
        List<(string Name, Tensor? Actual, Tensor? Expected)> differences =
        [
            .. names.Select(name => (name, file.Tensors.GetValueOrDefault(name), state.GetValueOrDefault(name)))
                .Where(pair => !Fits(pair.Item1, pair.Item2, pair.Item3)),
        ];
        if (differences.Count == 0) return null;
        return Prefix(file.Tensors, state) ?? Head(differences, classes) ?? Other(file, state) ?? List(differences);
    }

    private static bool Fits(string name, Tensor? actual, Tensor? expected)
    {
        if (actual is null || expected is null) return false;
        var isHalf = expected.dtype == ScalarType.Float32 && actual.dtype is ScalarType.Float16 or ScalarType.BFloat16;
        var isSameShape = actual.shape.AsSpan().SequenceEqual(expected.shape) || (IsCounter(name) && actual.numel() == 1);
        return isSameShape && (actual.dtype == expected.dtype || isHalf);
    }

    /// <summary>All names behind one more name, as a module that holds the network saves them.</summary>
    private static string? Prefix(IReadOnlyDictionary<string, Tensor> file, IReadOnlyDictionary<string, Tensor> state)
    {
        if (file.Keys.Select(name => name[..(name.IndexOf('.') + 1)]).Distinct().ToList() is not [{ Length: > 0 } prefix]) return null;
        if (!state.Keys.Any(name => file.ContainsKey(prefix + name))) return null;
        var by = prefix switch
        {
            "module." => ", as torch.nn.DataParallel writes them",
            "_orig_mod." => ", as torch.compile writes them",
            _ => "",
        };
        return $"every name in it begins with '{prefix}'{by}: save the state of the network inside, or take '{prefix}' off the names";
    }

    /// <summary>Only the last layer differs, by its number of classes.</summary>
    private static string? Head(List<(string Name, Tensor? Actual, Tensor? Expected)> differences, int classes)
    {
        if (!differences.All(pair => pair is { Actual.shape: [var found, .. var rest], Expected.shape: [var own, .. var ownRest] }
            && own == classes && found != classes && rest.SequenceEqual(ownRest))) return null;
        var (names, other) = (string.Join(" and ", differences.Select(pair => pair.Name)), differences[0].Actual!.shape[0]);
        var advice = $"give the network \"classes\": {other}, or put a layer of {classes} classes into the file";
        return $"only {names} differ: they are of {other} classes rather than {classes}; {advice}";
    }

    /// <summary>Hardly a name is the same.</summary>
    private static string? Other(SafetensorsFile file, IReadOnlyDictionary<string, Tensor> state)
    {
        var shared = state.Keys.Count(file.Tensors.ContainsKey);
        if (2 * shared > state.Count) return null;
        var own = file.Metadata.TryGetValue("spec", out var spec) ? $" It says that it is of {spec}." : "";
        var first = file.Tensors.Count == 0 ? "it holds no tensors" : $"it holds {string.Join(", ", file.Tensors.Keys.Take(Named))}, ...";
        var count = $"{shared} of {state.Count} names are the same ({first})";
        return $"it is of another network, {count}.{own} Take the network that it was saved from";
    }

    private static string List(List<(string Name, Tensor? Actual, Tensor? Expected)> differences)
    {
        var first = differences.Take(Named).Select(pair => pair switch
        {
            (var name, null, _) => $"{name} is missing",
            (var name, _, null) => $"{name} is not part of the network",
            var (name, actual, expected) => $"{name} is {Show(actual)} rather than {Show(expected)}",
        });
        var more = differences.Count > Named ? $"; and {differences.Count - Named} more" : "";
        return $"{string.Join("; ", first)}{more}. Load it into the network that it was saved from";
    }

    private static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    private static string Show(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
