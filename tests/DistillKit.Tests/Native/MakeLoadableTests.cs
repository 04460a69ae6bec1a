using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace DistillKit.Tests.Native;

/// <summary>The build step of lib/native, on TorchSharp's own library and a system that is as old as a test wants.</summary>
public sealed class MakeLoadableTests : IDisposable
{
    private const string Newest = "GLIBCXX_3.4.32";
    private const string Name = "libLibTorchSharp.so";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public void Where_one_unused_version_is_missing_a_copy_asks_for_it_no_longer()
    {
        var before = File.ReadAllBytes(Library());
        Assert.Contains(Name, Make(Library(), OldSystem()));
        Assert.Equal(before, File.ReadAllBytes(Library()));
        var after = File.ReadAllBytes(folder[$"made/{Name}"]);
        Assert.Equal(before.Length, after.Length);
        var changed = Enumerable.Range(0, before.Length).Single(index => before[index] != after[index]);
        Assert.Equal(before[changed] | 2, after[changed]);
        Assert.Contains(Newest, File.ReadAllText(folder[$"made/{Name}.txt"]));
    }

    [LinuxFact]
    public void A_second_build_does_not_touch_the_copy()
    {
        Make(Library(), OldSystem());
        var past = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(folder[$"made/{Name}"], past);
        Make(Library(), OldSystem());
        Assert.Equal(past, File.GetLastWriteTimeUtc(folder[$"made/{Name}"]));
    }

    [LinuxFact]
    public void A_library_that_needs_nothing_is_left_alone()
    {
        // Marked as optional already: a library whose needs are all met.
        Make(Library(), OldSystem());
        File.Move(folder[$"made/{Name}"], folder["met.so"]);
        Assert.Contains("made []", Make(folder["met.so"], OldSystem()));
        Assert.False(File.Exists(folder["made/met.so"]));
    }

    [LinuxFact]
    public void Another_missing_version_is_refused_by_name()
    {
        var library = Changed("GLIBCXX_3.4.30", "GLIBCXX_3.9.99");
        Assert.Contains($"{Name} needs GLIBCXX_3.9.99 of libstdc++.so.6", Refusal(library));
    }

    [LinuxFact]
    public void A_version_that_another_symbol_needs_is_refused()
    {
        var library = Changed("_ZSt21ios_base_library_initv", "_ZSt21ios_base_library_initX");
        Assert.Contains($"{Name} needs {Newest} of libstdc++.so.6", Refusal(library));
    }

    [LinuxFact]
    public void What_is_no_library_is_refused_by_name()
    {
        File.WriteAllText(folder[Name], "no library at all, but longer than the header of one, which has sixty-four bytes");
        Assert.Contains($"{Name}: no 64-bit", Refusal(folder[Name]));
    }

    private static string Library() => Path.Combine(Metadata("TorchSharpPackage"), "runtimes", "linux-x64", "native", Name);

    private static string Metadata(string name) =>
        typeof(MakeLoadableTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == name).Value!;

    private string Changed(string from, string to)
    {
        File.WriteAllBytes(folder[Name], Replace(File.ReadAllBytes(Library()), from, to));
        return folder[Name];
    }

    /// <summary>A folder with this system's C++ library, without the newest version.</summary>
    private string OldSystem()
    {
        Directory.CreateDirectory(folder["system"]);
        var own = Process.GetCurrentProcess().Modules.Cast<ProcessModule>()
            .First(module => module.ModuleName.StartsWith("libstdc++.so.6", StringComparison.Ordinal));
        var older = Replace(File.ReadAllBytes(own.FileName), Newest + "\0", Newest.Replace('2', 'x') + "\0");
        File.WriteAllBytes(folder["system/libstdc++.so.6"], older);
        return folder["system"];
    }

    private static byte[] Replace(byte[] bytes, string from, string to)
    {
        var (old, replacement) = (Encoding.ASCII.GetBytes(from), Encoding.ASCII.GetBytes(to));
        for (var at = bytes.AsSpan().IndexOf(old); at >= 0; at = bytes.AsSpan().IndexOf(old)) replacement.CopyTo(bytes, at);
        return bytes;
    }

    private string Refusal(string library)
    {
        var said = Make(library, OldSystem(), expected: 1);
        Assert.False(File.Exists(folder[$"made/{Name}"]));
        return said.Split('\n').First(line => line.Contains("error", StringComparison.Ordinal));
    }

    private string Make(string library, string system, int expected = 0)
    {
        var targets = Path.Combine(Metadata("Repository"), "lib", "native", "NativeFiles.targets");
        File.WriteAllText(folder["make.proj"], $"""
            <Project>
              <Import Project="{targets}" />
              <Target Name="Make">
                <MakeLoadable Library="{library}" Folder="{folder["made"]}" SystemFolder="{system}">
                  <Output TaskParameter="Files" ItemName="Made" />
                </MakeLoadable>
                <Message Importance="high" Text="made [@(Made)]" />
              </Target>
            </Project>
            """);
        string[] arguments = ["msbuild", folder["make.proj"], "-t:Make", "-nologo", "-nodeReuse:false"];
        using var build = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var said = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == expected, said);
        return said;
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute()
        {
            if (!OperatingSystem.IsLinux()) Skip = "The build step is for Linux.";
        }
    }
}
