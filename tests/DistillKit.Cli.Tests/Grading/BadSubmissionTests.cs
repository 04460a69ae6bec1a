using System.Text.Json;
using System.Text.Json.Nodes;
using DistillKit.Cli.Tests.Notebooks;

namespace DistillKit.Cli.Tests.Grading;

/// <summary>Whatever a submission does, it gets the points for what is right, and neither the grader nor its neighbours notice.</summary>
public sealed class BadSubmissionTests(BadSubmissionTests.Graded graded) : IClassFixture<BadSubmissionTests.Graded>
{
    public static TheoryData<string> Names => [.. BadSubmissions.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_submission_gets_the_points_for_what_is_right_and_a_plain_remark(string name)
    {
        var (_, points, says) = BadSubmissions.All[name];
        var grade = graded.Grades[name];
        var exercises = grade["exercises"]!.AsArray();
        string[] judged = ["06-zero", "06-affine", "06-byte", "06-fixed"];
        Assert.Equal(points, string.Join(' ', judged.Select(id => $"{exercises.Single(one => (string)one!["id"]! == id)!["points"]}")));
        string[] remarks = [
            .. grade["remarks"]!.AsArray().Select(remark => (string)remark!), .. exercises.Select(one => (string?)one!["remark"] ?? "")];
        Assert.Contains(says, string.Join('\n', remarks));
        Assert.DoesNotContain(remarks, remark => remark.Contains('\n') || remark.Contains("   at "));
    }

    [Fact]
    public void A_submission_sees_no_other_notebook() =>
        Assert.All(BadSubmissions.All.Keys.Intersect(["reads"]), name => Assert.DoesNotContain("found ..", graded.Executed(name)));

    [Fact]
    public void The_grader_ends_well_and_every_student_gets_a_page()
    {
        Assert.True(graded.Outcome.ExitCode == 0, graded.Outcome.Error);
        Assert.Equal(
            BadSubmissions.All.Keys.Select(name => name + ".html").Order(),
            Directory.GetFiles(graded.Results("feedback")).Select(file => Path.GetFileName(file)).Order());
    }

    /// <summary>All of them, graded in one go.</summary>
    public sealed class Graded : IAsyncLifetime
    {
        private readonly NotebookFolder folder = new();

        internal Outcome Outcome { get; private set; } = null!;

        internal IReadOnlyDictionary<string, JsonObject> Grades { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Directory.CreateDirectory(folder["key"]);
            var all = new SmallAssignment(folder["key"]);
            foreach (var (name, (make, _, _)) in BadSubmissions.All)
            {
                Directory.CreateDirectory(folder[$"submitted/{name}"]);
                await File.WriteAllTextAsync(folder[$"submitted/{name}/{SmallAssignment.Name}"], make(all));
            }
            using var cli = Cli.Start(
                "grade", folder["submitted"], "--key", all.Key, "--profile", "smoke", "--output", folder["results"], "--timeout", "25",
                "--memory", "2048", "--json", "--unconfined");
            Outcome = await cli.ExitAsync(TimeSpan.FromMinutes(25));
            Grades = JsonSerializer.Deserialize<JsonObject[]>(Outcome.Output)!.ToDictionary(grade => (string)grade["student"]!);
        }

        public Task DisposeAsync()
        {
            folder.Dispose();
            return Task.CompletedTask;
        }

        internal string Results(string name) => Path.Combine(folder["results"], name);

        internal string Executed(string student) => File.ReadAllText(Path.Combine(Results("results"), student, SmallAssignment.Name));
    }
}
