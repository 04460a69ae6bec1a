namespace DistillKit.Cli;

/// <summary>Where verbs write: never over what they read, whatever name or link leads there.</summary>
internal static class Outputs
{
    /// <summary>The file to write: the one that was asked for, else the input with another ending.</summary>
    /// <exception cref="UserException">It is one of the inputs.</exception>
    internal static string Of(string? asked, string input, string ending, params IEnumerable<string?> others)
    {
        // Only an ending of ours is replaced: model.best and model.last have outputs of their own.
        var stem = Path.GetExtension(input).ToLowerInvariant() is ".safetensors" or ".onnx" ? Path.ChangeExtension(input, null) : input;
        if (Directory.Exists(asked)) throw new UserException($"{asked} is a folder: name a file in it.");
        return Protect(asked ?? stem + ending, [input, .. others]);
    }

    /// <summary>The folder for results: the one that was asked for, else the standard one, which belongs to one source.</summary>
    /// <exception cref="UserException">Another file, or a profile of ours, of the same name has its results there.</exception>
    internal static string Folder(string? asked, string standard, string source)
    {
        if (asked is not null) return asked;
        var note = Path.Combine(standard, ".source");
        if (File.Exists(source)) source = Path.GetFullPath(source);
        var other = File.Exists(note) ? File.ReadAllText(note) : null;
        if (other is not null && other != source && (File.Exists(other) || !Path.IsPathRooted(other)))
            throw new UserException($"{standard} has the results of {other}, which has the same name: rename one, or give --output.");
        if (other != source) AtomicFile.WriteText(note, source);
        return standard;
    }

    /// <exception cref="UserException">The output is one of the inputs; those that are null or no files do not count.</exception>
    internal static string Protect(string output, params IEnumerable<string?> inputs)
    {
        if (inputs.FirstOrDefault(input => File.Exists(input) && FileStatus.AreSame(input, output)) is not { } same) return output;
        var name = same == output ? "" : $" as {output}";
        throw new UserException($"{same} would be written over itself{name}: name another output.");
    }
}
