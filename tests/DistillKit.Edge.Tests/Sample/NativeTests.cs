using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace DistillKit.Edge.Tests.Sample;

/// <summary>Publishes the sample ahead of time and runs it. Takes a minute, so only with DISTILLKIT_AOT=1.</summary>
public sealed class NativeTests
{
    [SkippableNativeFact]
    public void The_native_sample_is_free_of_warnings_small_and_right()
    {
        var folder = Directory.CreateTempSubdirectory("edge-native-").FullName;
        try
        {
            var linker = File.Exists("/usr/bin/clang") ? "clang" : "gcc";
            var project = Path.Combine(Folder(), "../../../lib/edge-classify/edge-classify.csproj");
            var published = Run("dotnet", "publish", project, "-c", "Release", "-p:PublishAot=true", $"-p:CppCompilerAndLinker={linker}",
                "-o", folder);
            Assert.DoesNotContain("warning", published, StringComparison.OrdinalIgnoreCase);
            var program = Path.Combine(folder, "edge-classify");
            Assert.InRange(new FileInfo(program).Length, 0, 4 << 20);
            File.WriteAllBytes(Path.Combine(folder, "model.onnx"), ClassifyTests.ColourModel());
            File.WriteAllBytes(Path.Combine(folder, "image.png"), ClassifyTests.GreenImage());
            var output = Run(program, Path.Combine(folder, "model.onnx"), Path.Combine(folder, "image.png"), "--memory");
            Assert.Matches(@"^100\.0 %  green\n", output);
            Assert.InRange(double.Parse(Regex.Match(output, @"peak memory (\S+) MiB").Groups[1].Value, CultureInfo.InvariantCulture), 1,
                30);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    private sealed class SkippableNativeFactAttribute : FactAttribute
    {
        public SkippableNativeFactAttribute()
        {
            if (Environment.GetEnvironmentVariable("DISTILLKIT_AOT") != "1")
                Skip = "takes a minute; set DISTILLKIT_AOT=1";
        }
    }
}
