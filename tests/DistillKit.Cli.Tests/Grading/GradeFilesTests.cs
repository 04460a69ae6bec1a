using System.Text.Json.Nodes;
using System.Xml.Linq;
using DistillKit.Cli.Grading;
using DistillKit.Cli.Tests.Notebooks;

namespace DistillKit.Cli.Tests.Grading;

/// <summary>What is made of grades.</summary>
public sealed class GradeFilesTests : IDisposable
{
    private const string Long =
        "float Sum(float[] values) { var total = 0f; foreach (var value in values) total += value * value; return MathF.Sqrt(total); }";

    private readonly NotebookFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_table_has_a_column_for_each_exercise_and_no_cell_that_a_spreadsheet_would_compute()
    {
        var grade = Grade("=1+1", Exercise("06-byte", 1.5, ExerciseState.Partly)) with { Remarks = ["a, \"b\""] };
        GradeBook.WriteCsv(folder["grades.csv"], [grade]);
        Assert.Equal(
            "student,06-byte,06-shape,warm-ups,builds,thinks,points,of,remarks\n\"'=1+1\",1.5,,0,1.5,0,1.5,2,\"a, \"\"b\"\"\"\n",
            File.ReadAllText(folder["grades.csv"]));
    }

    [Fact]
    public void A_student_has_one_row_whatever_was_handed_in()
    {
        var other = Grade("ada", Exercise("07-fold", 5, ExerciseState.Right)) with { Notebook = "07", Remarks = ["late"] };
        var missing = Grade("bob", Exercise("06-byte", 0, ExerciseState.Open)) with { Remarks = ["nothing was handed in"] };
        GradeBook.WriteCsv(folder["grades.csv"], [Grade("ada", Exercise("06-byte", 2, ExerciseState.Right)), other, missing]);
        Assert.Equal(
            [
                "student,06-byte,06-shape,07-fold,warm-ups,builds,thinks,points,of,remarks", "ada,2,,5,0,7,0,7,4,07: late",
                "bob,0,,,0,0,0,0,2,06: nothing was handed in",
            ],
            File.ReadAllLines(folder["grades.csv"]));
    }

    [Fact]
    public void Answers_to_read_stand_by_exercise_with_what_was_asked()
    {
        const string answer = "Because <script>";
        NotebookGrade[] grades = [Grade("ada", Read(answer)), Grade("bob", Read("No idea."))];
        ReadingPage.Write(folder["page.html"], grades, _ => new Dictionary<string, Question> { ["06-shape"] = new("Why?", "So.") });
        var page = File.ReadAllText(folder["page.html"]);
        Assert.Matches("(?s)06-shape: 3 points.*Why\\?.*A good answer.*So\\..*ada.*Because &lt;script&gt;.*bob.*No idea", page);

        static ExerciseGrade Read(string text) => new("06-shape", "Think", 3, null, ExerciseState.ForAPerson, [], text);
    }

    [Fact]
    public void Classroom_50_gets_whole_points_and_no_question_for_a_person()
    {
        GradeBook.WriteClassroom50(folder["result.json"], "ada", [Grade("ada", Exercise("06-byte", 1.5, ExerciseState.Partly))]);
        var result = JsonNode.Parse(File.ReadAllText(folder["result.json"]))!;
        Assert.Equal(("classroom50/result/v1", 1, 2), ((string)result["schema"]!, (int)result["score"]!, (int)result["max-score"]!));
        var test = Assert.Single(result["tests"]!.AsArray())!;
        Assert.Equal(("06-byte", false, 1), ((string)test["test-name"]!, (bool)test["passed"]!, (int)test["score"]!));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", (string)result["datetime"]!);
        Assert.StartsWith("submit/", (string)result["submission"]!);
    }

    [Fact]
    public void A_student_without_a_notebook_has_not_passed()
    {
        GradeBook.WriteClassroom50(folder["result.json"], "ada", [new("ada", "", "", 0, [], ["there is no notebook"], 0)]);
        Assert.False((bool)JsonNode.Parse(File.ReadAllText(folder["result.json"]))!["tests"]![0]!["passed"]!);
    }

    [Fact]
    public void Test_cases_fail_unless_they_are_right()
    {
        GradeBook.WriteJUnit(folder["junit.xml"], [
            Grade("ada", Exercise("06-byte", 2, ExerciseState.Right), Exercise("06-zero", 0, ExerciseState.Open))]);
        var suite = XDocument.Load(folder["junit.xml"]).Root!.Elements().Single();
        Assert.Equal(("2", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        Assert.Equal("not written", suite.Descendants("failure").Single().Attribute("message")!.Value);
    }

    [Fact]
    public void What_a_student_wrote_is_text_on_every_page()
    {
        const string attack = "<script>alert(1)</script><img src=x onerror=alert(2)>";
        var grade = Grade(attack, Exercise("06-byte", 0, ExerciseState.Wrong) with { Code = attack, Remark = attack },
            new("06-shape", "Think", 3, null, ExerciseState.ForAPerson, [], attack)) with
        { Remarks = [attack] };
        FeedbackPage.Write(folder["page.html"], attack, [grade], _ => new Dictionary<string, Question>(), _ => null);
        StatisticsPage.Write(folder["statistics.html"], [grade], [], "");
        foreach (var page in new[] { "page.html", "statistics.html" })
        {
            Assert.DoesNotContain("<script", File.ReadAllText(folder[page]));
            Assert.DoesNotContain("<img", File.ReadAllText(folder[page]));
        }
    }

    [Fact]
    public void A_hint_is_given_where_something_is_wrong_and_hidden_questions_keep_their_numbers()
    {
        var exercise = Exercise("06-byte", 1, ExerciseState.Partly) with
        {
            Hint = "Cut off at both ends.",
            Questions = [new("halves", true, "0 2", "0 2"), new("hidden: thirty numbers", false, null, null)],
        };
        FeedbackPage.Write(folder["page.html"], "ada", [Grade("ada", exercise)], _ => new Dictionary<string, Question>(), _ => null);
        var page = File.ReadAllText(folder["page.html"]);
        Assert.Contains("Hint: Cut off at both ends.", page);
        Assert.Contains("<td>hidden: thirty numbers</td><td>not shown</td><td></td><td>wrong</td>", page);
    }

    [Fact]
    public void Solutions_that_are_the_same_are_listed_and_those_that_many_share_but_for_names_are_not()
    {
        var renamed = Long.Replace("total", "result").Replace("values", "numbers");
        var alike = Assert.Single(Similarity.Find([.. Students(Long, renamed, "int Other() => 1;")]));
        Assert.Equal(("s0 s1", "the same but for names"), (string.Join(' ', alike.Students), alike.How));
        Assert.Equal("the same", Assert.Single(Similarity.Find([.. Students(Long, Long + " // mine")])).How);
        NotebookGrade[] many = [.. Students([.. Enumerable.Repeat(Long, 5)])];
        Assert.Equal(5, Assert.Single(Similarity.Find(many)).Students.Count);
        NotebookGrade[] five = [.. Students([.. Enumerable.Range(0, 5).Select(number => Long.Replace("total", $"total{number}"))])];
        Assert.Empty(Similarity.Find(five));
        var solution = Grade("(solution)", Exercise("06-byte", 0, ExerciseState.Right) with { Code = Long });
        Assert.Equal(6, Assert.Single(Similarity.Find(five, solution)).Students.Count);
    }

    [Fact]
    public void Names_in_comments_and_texts_do_not_count()
    {
        Assert.Equal(["Process"], Words.UnusualOf("// Reflection\nvar a = \"Kernel\"; /* Marshal */ Process.Start(\"x\");"));
        Assert.Equal(["Process"], Words.UnusualOf("var a = @\"\\\"; Proc\\u0065ss.Start(); a = \"\";"));
    }

    [Fact]
    public void Slides_take_their_charts_from_the_outputs_of_notebooks()
    {
        const string chart = """
            "id": "c1", "outputs": [{ "output_type": "display_data", "metadata": {}, "data": {
                "text/html": ["<img alt=a src=\"data:image/svg+xml;base64,AAAA\">"] } }]
            """;
        File.WriteAllText(folder["a.ipynb"], NotebookFolder.Json(new CellText("1")).Replace("\"outputs\":[]", chart));
        File.WriteAllText(folder["1.md"], "# First\n\n---\n\n![a chart](a.ipynb#c1)\n<!-- say this -->\n");
        Assert.Equal(2, SlidePage.Write(folder["1.md"], folder["1.html"]));
        var page = File.ReadAllText(folder["1.html"]);
        Assert.Contains("<img src=\"data:image/svg+xml;base64,AAAA\" alt=\"a chart\" />", page);
        Assert.DoesNotContain("say this", page);

        File.WriteAllText(folder["2.md"], "![a chart](a.ipynb#c2)");
        Assert.Contains("has no cell c2", Assert.Throws<UserException>(() => SlidePage.Write(folder["2.md"], folder["2.html"])).Message);
    }

    private static IEnumerable<NotebookGrade> Students(params string[] codes) => codes.Select((code, number) =>
        Grade($"s{number}", Exercise("06-byte", 2, ExerciseState.Right) with { Code = code }));

    private static NotebookGrade Grade(string student, params ExerciseGrade[] exercises) => new(
        student, "06", "hash", 0,
        exercises is [_] ? [.. exercises, new("06-shape", "Think", 3, null, ExerciseState.ForAPerson, [], "")] : exercises, [], 1);

    private static ExerciseGrade Exercise(string id, double points, ExerciseState state) => new(id, "Build", 2, points, state, [], "code");
}
