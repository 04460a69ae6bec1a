namespace DistillKit.Cli.Commands;

/// <summary>Where verbs write: never over what they read, whatever name or link leads there.</summary>
internal static class Outputs
{
    /// <summary>The file to write: the one that was asked for, else the input with another ending.</summary>
    /// <exception cref="UserException">It is one of the inputs.</exception>
    internal static string Of(string? asked, string input, string ending, params IEnumerable<string?> others)
    {
        // Only an ending of ours is replaced: model.best and model.last have outputs of their own.
        var stem = Path.GetExtension(input).ToLowerInvariant() is ".safetensors" or ".onnx" ? Path.ChangeExtension(input, null) : input;
        return Protect(asked ?? stem + ending, [input, .. others]);
    }

    /// <exception cref="UserException">The output is one of the inputs; those that are null or no files do not count.</exception>
    internal static string Protect(string output, params IEnumerable<string?> inputs)
    {
        if (inputs.FirstOrDefault(input => File.Exists(input) && AreSame(input, output)) is not { } same) return output;
        var name = same == output ? "" : $" as {output}";
        throw new UserException($"{same} would be written over itself{name}: name another output.");
    }

    private static bool AreSame(string one, string other) =>
        OperatingSystem.IsLinux() && Inode(one) is { } inode && Inode(other) is { } another
            ? inode == another
            : string.Equals(Resolved(one), Resolved(other), StringComparison.OrdinalIgnoreCase);

    private static string Resolved(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);

    // Device and inode: what .NET does not say. Links that stand for a folder, and hard links, lead to the same.
    private static (uint, uint, ulong)? Inode(string path)
    {
        const int currentFolder = -100;
        const uint inodeOnly = 0x100;
        var status = new byte[256];
        return statx(currentFolder, path, 0, inodeOnly, status) == 0
            ? (BitConverter.ToUInt32(status, 136), BitConverter.ToUInt32(status, 140), BitConverter.ToUInt64(status, 32))
            : null;
    }

    [DllImport("libc")]
    private static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);
}
