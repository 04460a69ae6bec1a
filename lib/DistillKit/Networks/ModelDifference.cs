using DistillKit.Files;

namespace DistillKit.Networks;

/// <summary>Why the tensors of a file are not those of a network, and what to do about it.</summary>
internal static class ModelDifference
{
    private const int Named = 3;

    /// <summary>The reason in words, without a full stop; null where the file fits.</summary>
    public static string? Of(SafetensorsFile file, IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        List<string> differences =
        [
            .. state.Where(entry => !IsCounter(entry.Key) || file.Tensors.ContainsKey(entry.Key))
                .Select(entry => Difference(entry.Key, file.Tensors.GetValueOrDefault(entry.Key), entry.Value)).OfType<string>(),
            .. file.Tensors.Keys.Where(name => !state.ContainsKey(name)).Select(name => $"{name} is not part of the network"),
        ];
        if (differences.Count == 0) return null;
        return Prefix(file.Tensors, state) ?? Head(file.Tensors, state, classes) ?? Other(file, state) ?? List(differences);
    }

    private static string? Difference(string name, Tensor? actual, Tensor expected)
    {
        if (actual is null) return $"{name} is missing";
        var isSame = actual.shape.AsSpan().SequenceEqual(expected.shape) || (IsCounter(name) && actual.numel() == 1);
        if (!isSame) return $"{name} is {Show(actual)} rather than {Show(expected)}";
        return Converts(actual.dtype, expected.dtype) ? null : $"{name} is {actual.dtype} rather than {expected.dtype}";
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
    private static string? Head(IReadOnlyDictionary<string, Tensor> file, IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        bool IsHead(Tensor actual, Tensor expected) =>
            expected.dim() > 0 && expected.shape[0] == classes && actual.dim() == expected.dim() && actual.shape[0] != classes
            && actual.shape.AsSpan(1).SequenceEqual(expected.shape.AsSpan(1));
        var heads = state.Keys.Where(name => file.TryGetValue(name, out var actual) && IsHead(actual, state[name])).ToList();
        var others = state.Keys.Except(heads).Where(name => !IsCounter(name) || file.ContainsKey(name));
        if (heads.Count == 0 || file.Keys.Except(state.Keys).Any()) return null;
        if (others.Any(name => Difference(name, file.GetValueOrDefault(name), state[name]) is not null)) return null;
        var found = file[heads[0]].shape[0];
        var advice = $"give the network \"classes\": {found}, or put a layer of {classes} classes into the file";
        return $"only {string.Join(" and ", heads)} differ: they are of {found} classes rather than {classes}; {advice}";
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

    private static string List(List<string> differences)
    {
        var more = differences.Count > Named ? $"; and {differences.Count - Named} more" : "";
        return $"{string.Join("; ", differences.Take(Named))}{more}. Load it into the network that it was saved from";
    }

    private static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    private static bool Converts(ScalarType from, ScalarType to) =>
        from == to || (to == ScalarType.Float32 && from is (ScalarType.Float16 or ScalarType.BFloat16));

    private static string Show(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
