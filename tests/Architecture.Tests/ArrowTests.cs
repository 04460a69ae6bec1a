using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>
/// The arrows between projects and between their folders, all one way. What a type uses is read off its compiled code;
/// a folder below a folder belongs to it.
/// </summary>
public sealed partial class ArrowTests
{
    private static readonly string Library = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../lib"));

    /// <summary>Each project with those that it may reference.</summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["DistillKit"] = [],
        ["DistillKit.Edge"] = [],
        ["DistillKit.Runs"] = ["DistillKit", "DistillKit.Edge"],
        ["DistillKit.Charts"] = ["DistillKit.Runs"],
        ["DistillKit.Notebook"] = ["DistillKit.Charts", "DistillKit.Runs"],
        ["DistillKit.Cli"] = ["DistillKit.Charts", "DistillKit.Runs", "DistillKit.Notebook"],
        ["edge-classify"] = ["DistillKit.Edge"],
    };

    /// <summary>The folders of each project from the top down: a folder uses those in later rows only.</summary>
    private static readonly Dictionary<string, string[][]> Folders = new()
    {
        ["DistillKit"] = [["Distillation", "Quantization"], ["Training"], ["Metrics"], ["Networks"], ["Graphs"], ["Data", "Files"]],
        ["DistillKit.Edge"] = [["Fusion"], ["Onnx", "Execution"], ["Kernels"]],
        ["DistillKit.Runs"] = [["Experiments"], ["Stages"], ["Profiles"], ["Benchmarks", "Installation"]],
        ["DistillKit.Charts"] = [["Report"], ["Static"]],
        ["DistillKit.Notebook"] = [["Formatting"], ["Exercises", "Live"]],
        ["DistillKit.Cli"] = [["Commands"], ["Doctor", "Grading"], ["Notebooks"], ["Views"]],
    };

    public static TheoryData<string> Names => [.. Projects.Keys];

    [Fact]
    public void Every_project_of_the_library_is_named_here() => Assert.Equal(
        Projects.Keys.Order(),
        Directory.GetFiles(Library, "*.*proj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).Order()!);

    [Theory, MemberData(nameof(Names))]
    public void A_project_references_those_below_it(string project)
    {
        var file = Directory.GetFiles(Path.Combine(Library, project), "*.*proj").Single();
        var references = ProjectReference().Matches(File.ReadAllText(file))
            .Select(match => Path.GetFileNameWithoutExtension(match.Groups[1].Value));
        Assert.Empty(references.Except(Projects[project]));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_folder_uses_those_below_it(string project)
    {
        var rows = Folders.GetValueOrDefault(project, []);
        var root = Path.Combine(Library, project);
        var folders = Directory.GetDirectories(root).Where(folder => Sources(folder).Any()).Select(Path.GetFileName);
        Assert.Equal(rows.SelectMany(row => row).Order(), folders.Order()!);

        if (rows.Length == 0) return;
        string? FolderOf(Type type) => Array.Find(
            [.. rows.SelectMany(row => row)], folder => $"{type.Namespace}.".StartsWith($"{project}.{folder}.", StringComparison.Ordinal));
        var assembly = Assembly.Load(project);
        var wrong = from type in assembly.GetTypes()
                    let folder = FolderOf(type)
                    where folder is not null
                    let below = rows.SkipWhile(row => !row.Contains(folder)).Skip(1).SelectMany(row => row).Append(folder)
                    from used in IntermediateCode.TypesIn(type)
                    where used.Assembly == assembly && FolderOf(used) is { } other && !below.Contains(other)
                    select $"{type.FullName} uses {used.FullName}";
        Assert.Empty(wrong.Distinct());
    }

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".fs" && !Generated().IsMatch(file));

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("""<ProjectReference Include="([^"]*)"(?![^>]*ReferenceOutputAssembly="false")""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Generated();
}
