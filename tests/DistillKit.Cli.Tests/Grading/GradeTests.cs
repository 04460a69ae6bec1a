using System.Text.Json;
using System.Text.Json.Nodes;
using DistillKit.Cli.Grading;
using DistillKit.Cli.Notebooks;
using DistillKit.Cli.Tests.Notebooks;

namespace DistillKit.Cli.Tests.Grading;

/// <summary>The verb, as an instructor types it.</summary>
public sealed class GradeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly NotebookFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killed_in_the_middle_it_goes_on_where_it_was()
    {
        var all = Prepare();
        string[] students = ["ada", "ben", "cem", "dora", "emil"];
        foreach (var student in students) HandIn(student, (student == "dora" ? all.Blank() : all.Solved()).ToJson());
        var old = folder["submitted/ada/old.ipynb"];
        File.WriteAllText(old, all.Blank().ToJson());
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(1));
        File.Copy(Path.Combine(Checkout.Root, "notebooks", "00b-torchsharp.ipynb"), folder["submitted/ben/00b-torchsharp.ipynb"]);
        string[] command =
            ["grade", folder["submitted"], "--key", all.Key, "--profile", "smoke", "--unconfined", "--output", folder["results"]];
        using (var first = Cli.Start(command))
        {
            while (!File.Exists(ResultOf("ada"))) await Task.Delay(100);
            first.Signal("KILL");
            await first.ExitAsync();
        }
        var before = File.GetLastWriteTimeUtc(ResultOf("ada"));

        using var second = Cli.Start(command);
        var outcome = await second.ExitAsync(Patience);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(before, File.GetLastWriteTimeUtc(ResultOf("ada")));
        var rows = File.ReadAllLines(folder["results/grades.csv"]).Skip(1).Select(line => line.Split(','));
        var expected = students.Select(student => $"{student}: {(student == "dora" ? 0 : 9)} of 9");
        Assert.Equal(expected, rows.Select(row => $"{row[0]}: {row[9]} of {row[10]}"));
        Assert.Contains("2 files are of this notebook; the newest with answers counts", rows.First()[^1]);
        Assert.Contains("00b-torchsharp.ipynb: it has none of the exercises", File.ReadLines(folder["results/grades.csv"]).ElementAt(2));
    }

    [Fact]
    public async Task With_a_secret_each_student_has_numbers_of_their_own()
    {
        var all = Prepare();
        // Two whose variants ask for different zero points.
        var name = Enumerable.Range(0, 100).Select(number => $"student{number}").First(name => QuestionOf(name) != QuestionOf("ada"));
        File.WriteAllLines(folder["students.txt"], ["ada", name, "zoe"]);
        var made = await Cli.RunAsync(
            "assignment", "make", all.Key, "--students", folder["students.txt"], "--secret", "apple", "--output", folder["made"]);
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.DoesNotContain("vary", File.ReadAllText(folder[$"made/ada/{SmallAssignment.Name}"]));
        // The other one hands in what ada has written, whose number is right for ada alone.
        var written = NotebookFile.Load(folder[$"made/solutions/ada/{SmallAssignment.Name}"]);
        written.MarkAssignment(Path.GetFileNameWithoutExtension(SmallAssignment.Name), AssignmentVariant.Of("apple", "ada")!.Number);
        HandIn("ada", written.ToJson());
        HandIn(name, written.ToJson());

        using var grading = Cli.Start(
            "grade", folder["submitted"], "--key", all.Key, "--profile", "smoke", "--students", folder["students.txt"], "--secret", "apple",
            "--variants", "--output", folder["results"], "--json", "--unconfined");
        var outcome = await grading.ExitAsync(Patience);

        var grades = JsonSerializer.Deserialize<JsonObject[]>(outcome.Output)!.ToDictionary(grade => (string)grade["student"]!);
        Assert.Equal("1 3 2 3", Points(grades["ada"]));
        Assert.Equal("0 3 2 3", Points(grades[name]));
        Assert.Equal(("0 0 0 0", "nothing was handed in"), (Points(grades["zoe"]), (string)grades["zoe"]["remarks"]![0]!));

        // What belongs together, and a folder of nobody.
        string[] given = ["--students", folder["students.txt"], "--secret", "apple"];
        var varied = folder[$"made/ada/{SmallAssignment.Name}"];
        await ExpectAsync("is a variant: give --variants", varied);
        await ExpectAsync("has no student 06-quantization", [varied, .. given]);
        HandIn("ada", all.Blank().ToJson());
        Directory.Delete(folder[$"submitted/{name}"], recursive: true);
        await ExpectAsync("is a variant: leave out --variants", [folder["submitted"], .. given, "--variants"]);
        await ExpectAsync("need the --secret", folder["submitted"], "--variants");

        async Task ExpectAsync(string message, params string[] arguments)
        {
            var refused = await Cli.RunAsync(
                ["grade", .. arguments, "--key", all.Key, "--profile", "smoke", "--output", folder["results"], "--unconfined"]);
            Assert.Contains(message, refused.Error);
        }

        string QuestionOf(string student)
        {
            var notebook = NotebookFile.Load(all.Key);
            AssignmentVariant.Of("apple", student)!.Apply(notebook);
            return SmallAssignment.Find(notebook, "06-zero-test").Source;
        }
    }

    [Theory]
    [InlineData("There is no missing.", "missing")]
    [InlineData("--memory must be at least 512", "{0}", "--memory", "10")]
    [InlineData("There is no notebook missing.ipynb", "{0}", "--key", "missing.ipynb")]
    public async Task A_mistake_is_said_in_one_line(string message, params string[] arguments)
    {
        HandIn("ada", "{}");
        var outcome = await Cli.RunAsync([
            "grade", .. arguments.Select(one => one.Replace("{0}", folder["submitted"])), "--output", folder["results"], "--unconfined"]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, Assert.Single(outcome.Error.Trim().Split('\n')));
    }

    private SmallAssignment Prepare()
    {
        Directory.CreateDirectory(folder["key"]);
        return new(folder["key"]);
    }

    private void HandIn(string student, string notebook)
    {
        Directory.CreateDirectory(folder[$"submitted/{student}"]);
        File.WriteAllText(folder[$"submitted/{student}/{SmallAssignment.Name}"], notebook);
    }

    private string ResultOf(string student) => folder[$"results/results/{student}/{Path.ChangeExtension(SmallAssignment.Name, ".json")}"];

    private static string Points(JsonObject grade) => string.Join(
        ' ', grade["exercises"]!.AsArray().Where(exercise => exercise!["points"] is not null).Select(exercise => $"{exercise!["points"]}"));
}
