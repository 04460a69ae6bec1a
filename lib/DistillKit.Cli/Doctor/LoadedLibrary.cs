namespace DistillKit.Cli.Doctor;

/// <summary>Where the native libraries of this process come from.</summary>
internal static class LoadedLibrary
{
    /// <summary>The file of a library in brackets after a space; empty where the system does not tell.</summary>
    public static string Place(string name) => Find(name) is { } path ? $" ({path})" : "";

    /// <summary>The name of the file that a library's name stands for; that name itself where the system does not tell.</summary>
    public static string Target(string name) => Find(name) is { } path ? Path.GetFileName(path) : name;

    private static string? Find(string name)
    {
        const string maps = "/proc/self/maps";
        var line = File.Exists(maps) ? File.ReadLines(maps).FirstOrDefault(text => text.Contains($"/{name}")) : null;
        return line?[line.IndexOf('/')..];
    }
}
