using System.Runtime.Loader;

namespace DistillKit.Host.Languages;

/// <summary>
/// Loads what cells refer to by <c>#r "file.dll"</c>, and what stands beside it, once for all languages. Left alone, the C# compiler's loader and
/// F#'s would each have a copy of their own, with its own static fields and types, and no value could be shared.
/// </summary>
internal static class SharedAssemblies
{
    private static readonly HashSet<string> Folders = [];

    static SharedAssemblies() => AssemblyLoadContext.Default.Resolving += (context, name) =>
    {
        string[] folders;
        lock (Folders) folders = [.. Folders];
        var path = folders.Select(folder => Path.Combine(folder, name.Name + ".dll")).FirstOrDefault(File.Exists);
        return path is null ? null : context.LoadFromAssemblyPath(path);
    };

    /// <summary>Takes a folder into the search.</summary>
    internal static void AddFolderOf(string assemblyPath)
    {
        if (Path.GetDirectoryName(assemblyPath) is not { Length: > 0 } folder) return;
        lock (Folders) Folders.Add(folder);
    }
}
