namespace DistillKit.Cli.Doctor;

/// <summary>Where the native libraries of this process come from.</summary>
static class LoadedLibrary
{
    /// <summary>The file of a library in brackets after a space; empty where the system does not tell.</summary>
    public static string Place(string name)
    {
        const string maps = "/proc/self/maps";
        var line = File.Exists(maps) ? File.ReadLines(maps).FirstOrDefault(text => text.Contains($"/{name}")) : null;
        return line is null ? "" : $" ({line[line.IndexOf('/')..]})";
    }
}
