using System.Reflection;
using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime.Interop;

/// <summary>Finds the library: where ONNXRUNTIME says, else where native/fetch.sh puts it, else where the system has it.</summary>
internal static class Library
{
    const string Variable = "ONNXRUNTIME";

    internal static nint Load()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return NativeLibrary.Load(Find(given) ?? throw new DllNotFoundException($"{Variable}={given} has no {Names[0]}"));
        if (Find(CacheFolder()) is { } fetched)
            return NativeLibrary.Load(fetched);
        foreach (var name in Names)
            if (NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), null, out var library))
                return library;
        throw new DllNotFoundException(
            $"{Names[0]} is not on this machine: `./distillkit run` fetches it with npm, or set {Variable} to the file or its folder");
    }

    static string[] Names { get; } =
        OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.1.dylib", "libonnxruntime.dylib"]
        : ["libonnxruntime.so.1", "libonnxruntime.so"];

    /// <summary>A library's file; or the one in a folder, or in the lib of an unpacked release.</summary>
    static string? Find(string place) =>
        new[] { place }
            .Concat(Names.SelectMany(name => new[] { Path.Combine(place, name), Path.Combine(place, "lib", name) }))
            .Select(Path.GetFullPath)
            .FirstOrDefault(File.Exists);

    static string CacheFolder()
    {
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(caches, "distillkit", "onnxruntime-1.30.0");
    }
}
