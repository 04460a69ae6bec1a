using System.Reflection;
using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime.Interop;

/// <summary>Finds the library: where ONNXRUNTIME says, else where native/fetch.sh puts it, else where the system has it.</summary>
internal static class Library
{
    const string Variable = "ONNXRUNTIME";

    /// <summary>The address of the library's one exported function.</summary>
    internal static nint GetApiBase()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return EntryOf(Find(given) ?? throw new DllNotFoundException($"{Variable}={given} has no {Names[0]}"));
        return EntryOf(Find(CacheFolder()) is { } fetched ? [fetched] : Names);
    }

    static nint EntryOf(params string[] files)
    {
        foreach (var file in files)
            if (NativeLibrary.TryLoad(file, Assembly.GetExecutingAssembly(), null, out var library)
                && NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var entry))
                return entry;
        throw new DllNotFoundException(File.Exists(files[0])
            ? $"{files[0]} is not an ONNX Runtime for this system"
            : $"{files[0]} was not found; {Variable} may name it, or its folder");
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
