using DistillKit.Cli.Grading;
using DistillKit.Cli.Notebooks;
using DistillKit.Cli.Tests.Notebooks;

namespace DistillKit.Cli.Tests.Grading;

/// <summary>Points that a person gives, above all for questions to think about.</summary>
public sealed class MarkTests : IDisposable
{
    private static readonly ExerciseGrade Read = new("06-shape", "Think", 3, null, ExerciseState.ForAPerson, [], "Because **so**.");
    private static readonly ExerciseGrade Unwritten = new("06-wild", "Think", 3, null, ExerciseState.Open, [], "");
    private static readonly ExerciseGrade Build = new("06-byte", "Build", 2, 2, ExerciseState.Right, [], "code");

    private readonly NotebookFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Answers_to_read_are_a_table_that_is_filled_in_and_read_again()
    {
        Assert.Equal(1, Mark.WriteOpen(folder["to-mark.csv"], [Grade("ada")]));
        var table = File.ReadAllText(folder["to-mark.csv"]);
        Assert.Equal($"student,exercise,points,of,comment,answer\nada,06-shape,,3,,h{Key.HashOf(Read.Code)}\n", table);
        Assert.Empty(Mark.Read(folder["to-mark.csv"], []));

        File.WriteAllText(folder["marks.csv"], table.Replace("06-shape,,3,,", "06-shape,1.5,3,\"one reason, no figure\","));
        var (grades, unused) = Mark.Give(Mark.Read(folder["marks.csv"], []), [Grade("ada")]);
        Assert.Empty(unused);
        var exercise = grades[0].Exercises[0];
        Assert.Equal((1.5, ExerciseState.Partly, "one reason, no figure"), (exercise.Points, exercise.State, GradeBook.Describe(exercise)));
        Assert.Equal(0, Mark.WriteOpen(folder["to-mark.csv"], grades));
    }

    [Fact]
    public void With_marks_an_answer_that_nobody_wrote_counts_and_one_that_nobody_has_read_does_not()
    {
        var (grades, _) = Mark.Give([new("ada", "06-shape", 3, "")], [Grade("ada"), Grade("bob")]);
        Assert.Equal([(5, 8), (2, 5)], grades.Select(grade => (grade.Points, grade.Most)));
        Assert.Equal("read by a person", GradeBook.Describe(grades[0].Exercises[0]));
    }

    [Fact]
    public void A_mark_stands_above_the_points_of_the_grader_and_the_last_row_counts()
    {
        var (grades, unused) = Mark.Give(
            [new("ada", "06-byte", 2, ""), new("ada", "06-byte", 0, "it calls Edge"), new("eve", "06-byte", 1, "")], [Grade("ada")]);
        Assert.Equal((0, ExerciseState.Wrong), (grades[0].Exercises[2].Points, grades[0].Exercises[2].State));
        Assert.Equal("eve", Assert.Single(unused).Student);
    }

    [Fact]
    public void A_new_answer_is_read_again()
    {
        var old = new Mark("ada", "06-shape", 3, "", Key.HashOf("What stood there before."));
        var (grades, unused) = Mark.Give([old], [Grade("ada")]);
        Assert.Equal((null, old), (grades[0].Exercises[0].Points, Assert.Single(unused)));
    }

    [Fact]
    public void What_somebody_has_filled_in_is_not_written_over()
    {
        File.WriteAllText(folder["to-mark.csv"], "student,exercise,points,of,comment,answer\nada,06-shape,,3,,\n");
        Mark.RequireUnfilled(folder["to-mark.csv"]);
        File.AppendAllText(folder["to-mark.csv"], "bob,06-shape,1,3,,\n");
        Assert.Contains("save it as marks.csv", Assert.Throws<UserException>(() => Mark.RequireUnfilled(folder["to-mark.csv"])).Message);
    }

    [Fact]
    public void A_student_reads_points_comment_and_answer()
    {
        var (grades, _) = Mark.Give([new("ada", "06-shape", 1.5, "why <so>.")], [Grade("ada")]);
        FeedbackPage.Write(folder["page.html"], "ada", grades, _ => new Dictionary<string, Question>(), _ => null);
        var page = File.ReadAllText(folder["page.html"]);
        Assert.Contains("06-shape: 1.5 of 3 points, why &lt;so&gt;.</p>", page);
        Assert.Contains("Because <strong>so</strong>.", page);
    }

    [Theory]
    [InlineData("ada,06-shape,x,3,", "line 2: it has 'x' for points")]
    [InlineData("ada,06-shape,-1,3,", "line 2: it has '-1' for points")]
    [InlineData("ada,06-shape,NaN,3,", "line 2: it has 'NaN' for points")]
    [InlineData("ada,06-shape,4,3,", "line 2: it gives 4 points of 3")]
    [InlineData("ada,06-shape,\"1,5\",3,", "line 2: it has '1,5' for points")]
    [InlineData("ada,06-shape", "line 2: it has 2 columns")]
    [InlineData("ada,\"06-shape,1,3,", "line 2: a quotation mark is not closed")]
    public void A_table_with_an_error_says_where(string row, string message)
    {
        File.WriteAllText(folder["marks.csv"], $"student,exercise,points,of,comment\n{row}\n");
        Assert.Contains(message, Assert.Throws<UserException>(() => Mark.Read(folder["marks.csv"], [Complete()])).Message);
    }

    [Fact]
    public void A_table_of_another_country_is_read_too()
    {
        File.WriteAllText(folder["marks.csv"], "student;exercise;points;of;comment\nada;06-shape;1,5;3;\"good, but\"\n");
        Assert.Equal(new Mark("ada", "06-shape", 1.5, "good, but"), Assert.Single(Mark.Read(folder["marks.csv"], [Complete()])));
    }

    [Fact]
    public void A_table_that_is_not_there_is_named() =>
        Assert.Contains("There is no file", Assert.Throws<UserException>(() => Mark.Read(folder["none.csv"], [])).Message);

    private static NotebookGrade Grade(string student) => new(student, "06", "hash", 0, [Read, Unwritten, Build], [], 1);

    private static NotebookFile Complete() =>
        NotebookFile.Load(Path.Combine(Checkout.Root, "notebooks", "06-quantization-first-principles.ipynb"));
}
