namespace DistillKit.Cli.Notebooks;

/// <summary>A process with all that it has started, and those that these have.</summary>
internal static class ProcessTree
{
    /// <summary>How many processes there are, and how much memory they have for themselves, in bytes. Beyond Linux only the first counts.
    /// </summary>
    internal static (int Processes, long Memory) Measure(int root)
    {
        if (!OperatingSystem.IsLinux()) return (1, MemoryOf(root));
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && ParentOf(id) is { } parent) parents[id] = parent;
        }
        int[] tree = [.. parents.Keys.Where(Belongs)];
        return (tree.Length, tree.Sum(PrivateMemoryOf));

        bool Belongs(int id)
        {
            for (var steps = 0; steps < parents.Count && id > 1; steps++)
            {
                if (id == root) return true;
                if (!parents.TryGetValue(id, out id)) return false;
            }
            return false;
        }
    }

    // After the program's name, which stands in parentheses and may hold anything: the state, then the parent (man 5 proc).
    private static int? ParentOf(int id) =>
        Read($"/proc/{id}/stat") is { } stat && int.TryParse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], out var parent)
            ? parent : null;

    // In pages: all, resident, of these shared.
    private static long PrivateMemoryOf(int id) => Read($"/proc/{id}/statm")?.Split(' ') is [_, var resident, var shared, ..]
        ? (Pages(resident) - Pages(shared)) * Environment.SystemPageSize : 0;

    private static long Pages(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file) is { Length: > 0 } text ? text : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    private static long MemoryOf(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.WorkingSet64;
        }
        catch (ArgumentException)
        {
            return 0;
        }
    }
}
