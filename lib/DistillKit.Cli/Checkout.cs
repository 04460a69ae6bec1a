namespace DistillKit.Cli;

/// <summary>The folder that holds this program's repository.</summary>
internal static class Checkout
{
    /// <summary>The repository's root; for a program that was copied out of it, the current folder.</summary>
    public static string Root { get; } = Find() ?? Directory.GetCurrentDirectory();

    /// <summary>Where everything goes that a run, a test or the set-up writes.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DistillKit.Notebooks.sln")))
                return folder.FullName;
        return null;
    }
}
