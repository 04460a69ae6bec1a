namespace DistillKit;

/// <summary>A checkout of this repository, known by its solution.</summary>
public static class Checkout
{
    private const string Solution = "DistillKit.Notebooks.sln";

    /// <summary>The root of the checkout that holds the program; for a program that was copied out of it, the current folder.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory) ?? Directory.GetCurrentDirectory();

    /// <summary>Where everything goes that a run, a test or the set-up writes.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>The root of the checkout that holds a folder; null where none does.</summary>
    public static string? Find(string folder)
    {
        for (var candidate = new DirectoryInfo(folder); candidate is not null; candidate = candidate.Parent)
            if (File.Exists(Path.Combine(candidate.FullName, Solution))) return candidate.FullName;
        return null;
    }
}
