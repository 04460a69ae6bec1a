using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace DistillKit.Cli.Notebooks;

/// <summary>
/// What an execution leaves in a notebook: a hash of the code that ran and one of its outputs. It tells later whether they still belong
/// together.
/// </summary>
internal static class ExecutionMark
{
    private const string Key = "distillkit";

    /// <summary>Notes that the outputs are those of this code.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="profile">The profile that it ran with, if it has one.</param>
    internal static void Write(NotebookFile notebook, string? profile)
    {
        var mark = new JsonObject { ["code"] = CodeHash(notebook), ["outputs"] = OutputsHash(notebook) };
        if (profile is not null) mark["profile"] = profile;
        notebook.Metadata[Key] = mark;
    }

    /// <summary>Forgets that it was executed.</summary>
    internal static void Remove(NotebookFile notebook) => notebook.Metadata.Remove(Key);

    /// <summary>Why the outputs cannot be those of the code; null when they are.</summary>
    internal static string? FindStaleness(NotebookFile notebook) => (Text(notebook, "code"), Text(notebook, "outputs")) switch
    {
        (null, _) or (_, null) => "it has not been executed to its end",
        var (code, _) when code != CodeHash(notebook) => "its code has changed since it was executed",
        var (_, outputs) when outputs != OutputsHash(notebook) =>
            "its outputs are not those of its last execution: some were removed or edited",
        _ => null,
    };

    /// <summary>Sixteen digits that stand for texts.</summary>
    internal static string Hash(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string CodeHash(NotebookFile notebook) => Hash(notebook.CodeCells.Select(cell => cell.Language + "\n" + cell.Source));

    private static string OutputsHash(NotebookFile notebook) => Hash(notebook.CodeCells.Select(cell => SortedJson.Compact(cell.Outputs)));

    private static string? Text(NotebookFile notebook, string name) =>
        (notebook.Metadata[Key] as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
