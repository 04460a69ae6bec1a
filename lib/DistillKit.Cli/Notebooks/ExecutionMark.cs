using System.Security.Cryptography;

namespace DistillKit.Cli.Notebooks;

/// <summary>
/// What an execution leaves in a notebook: a hash of the code that ran and one of its outputs, from which can be seen later whether they
/// still belong together.
/// </summary>
internal static class ExecutionMark
{
    private const string Key = "distillkit";

    /// <summary>Notes that the outputs are those of this code, on a profile.</summary>
    internal static void Write(NotebookFile notebook, string profile) => notebook.Metadata[Key] = new JsonObject
    {
        ["code"] = CodeHash(notebook),
        ["outputs"] = OutputsHash(notebook),
        ["profile"] = profile,
    };

    /// <summary>Forgets that it was executed.</summary>
    internal static void Remove(NotebookFile notebook) => notebook.Metadata.Remove(Key);

    /// <summary>Why the outputs cannot be those of the code; null when they are.</summary>
    internal static string? FindStaleness(NotebookFile notebook)
    {
        var (code, outputs) = (Cell.TextAt(notebook.Metadata, Key, "code"), Cell.TextAt(notebook.Metadata, Key, "outputs"));
        if (code is null || outputs is null) return "it has not been executed to its end";
        if (code != CodeHash(notebook)) return "its code has changed since it was executed";
        return outputs == OutputsHash(notebook) ? null : "its outputs are not those of its last execution: some were removed or edited";
    }

    private static string CodeHash(NotebookFile notebook) => Hash(notebook.CodeCells.Select(cell => $"{cell.Language}\n{cell.Source}"));

    private static string OutputsHash(NotebookFile notebook) =>
        Hash(notebook.CodeCells.Select(cell => NotebookFile.Sorted(cell.Outputs)!.ToJsonString()));

    // The lengths keep parts apart.
    private static string Hash(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var bytes in parts.Select(Encoding.UTF8.GetBytes))
        {
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
