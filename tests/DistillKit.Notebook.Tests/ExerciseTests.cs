using System.Globalization;
using System.Text.Json;
using DistillKit.Notebook.Exercises;

namespace DistillKit.Notebook.Tests;

[Collection("notebook")]
public sealed class ExerciseTests : IDisposable
{
    private static readonly ExerciseEntry Number = ExerciseBook.Find("01-parameters");

    private readonly object[] given = [24, 40];

    public ExerciseTests() => Dispose();

    public void Dispose()
    {
        Check.Clear();
        Predictions.Clear();
    }

    [Theory]
    [InlineData(10.4, 10, "Within a tenth")]
    [InlineData(20.0, 10, "2.0 times too high")]
    [InlineData(1.0, 30, "30 times too low")]
    [InlineData(0.0, 5, "Off by 5 ms")]
    [InlineData(0.0, 0, "Exactly")]
    [InlineData(80.0, 84.5, "Off by 4.5 points", "%")]
    [InlineData(5.0, 5.2, "Off by 0.2 points", "points")]
    [InlineData(null, 7, "Measured: 7 ms.")]
    public void A_guess_is_compared_with_the_measurement(double? guess, double measured, string verdict, string unit = "ms")
    {
        Predictions.Predict("How long?", guess, unit);
        Assert.Contains(verdict, Predictions.Reveal("How long?", measured).ToString());
    }

    [Fact]
    public void A_measurement_without_a_guess_is_refused_with_what_to_do()
    {
        var error = Assert.Throws<UserException>(() => Predictions.Reveal("How long?", 1));
        Assert.Contains("Predict(\"How long?\", ...)", error.Message);
    }

    [Theory]
    [InlineData(null, CheckState.Open)]
    [InlineData(-1234, CheckState.Wrong)]
    [InlineData(double.NaN, CheckState.Wrong)]
    [InlineData("no idea", CheckState.Wrong)]
    public void An_answer_is_right_wrong_or_not_there(object? answer, CheckState state) =>
        Assert.Equal(state, Check.Answer(Number.Id, answer, given).State);

    [Fact]
    public void A_number_is_right_within_its_tolerance()
    {
        var exercise = ExerciseBook.Find("03-divergence");
        object[] shares = [0.75, 0.5];
        var right = Convert.ToDouble(exercise.Answer!(shares), CultureInfo.InvariantCulture);
        Assert.True(exercise.Tolerance > 0);
        Assert.Equal(CheckState.Right, Check.Answer(exercise.Id, right - exercise.Tolerance * 0.99, shares).State);
        Assert.Equal(CheckState.Wrong, Check.Answer(exercise.Id, right - exercise.Tolerance * 1.01, shares).State);
    }

    [Fact]
    public void The_summary_has_every_exercise_of_its_notebook_with_its_last_answer()
    {
        Check.Answer(Number.Id, -1234, given);
        Check.Answer(Number.Id, Number.Answer!(given), given);
        Predictions.Predict("q", 3, "s");

        var path = Path.GetTempFileName();
        Check.Save("01", path);
        using var summary = JsonDocument.Parse(File.ReadAllText(path));
        var root = summary.RootElement;
        Assert.Equal(Number.Points, root.GetProperty("points").GetInt32());
        var states = root.GetProperty("exercises").EnumerateArray()
            .ToDictionary(exercise => exercise.GetProperty("id").GetString()!, exercise => exercise.GetProperty("state").GetString());
        Assert.Equal(ExerciseBook.Of("01").Select(exercise => exercise.Id), states.Keys);
        Assert.Equal(("Right", "NotChecked"), (states[Number.Id], states["01-loop"]));
        Assert.Equal(3, root.GetProperty("predictions")[0].GetProperty("guess").GetDouble());
        Assert.Contains("not run", Check.Summary("01").ToString());
    }

    [Fact]
    public void The_summary_says_how_many_points_a_person_gives()
    {
        Check.Answer(Number.Id, Number.Answer!(given), given);
        Predictions.Predict("q", null, "s");
        var text = Check.Summary("01").ToString();
        Assert.EndsWith("1 of 17 points, 5 more for a person to read, and 0 of 1 predictions made.", text.TrimEnd());
        Assert.Equal(17 + 5, ExerciseBook.Of("01").Sum(exercise => exercise.Points));
    }

    [Fact]
    public void Each_exercise_has_points_and_all_but_those_to_think_about_a_hint()
    {
        Assert.All(ExerciseBook.All, exercise => Assert.InRange(exercise.Points, 1, 10));
        Assert.All(ExerciseBook.All, exercise => Assert.Equal(exercise.Kind == ExerciseKind.Think, exercise.Hint is null));
        Assert.Equal(ExerciseBook.All.Count, ExerciseBook.All.DistinctBy(exercise => exercise.Id).Count());
        Assert.Contains("00-flip", Assert.Throws<UserException>(() => Check.Hint("00-flop")).Message);
    }

    [Fact]
    public void Text_of_readers_is_escaped()
    {
        Assert.DoesNotContain("<script>", Predictions.Predict("<script>", 1).ToHtml());
        Assert.DoesNotContain("<script>", new CheckResult("<script>", CheckState.Wrong, "<script>").ToHtml());
    }

    [Fact]
    public void Arrays_of_any_rank_are_filled_with_drawn_numbers()
    {
        var bytes = Draw.Fill("x", new byte[2, 3, 20], 0, 255).Cast<byte>().ToArray();
        Assert.Equal(Draw.Wholes("x", 120, 0, 255), bytes.Select(one => (int)one));
        var signed = Draw.Fill("w", new sbyte[400], -127, 127);
        Assert.Equal((true, true), (signed.Any(one => one < -100), signed.All(one => one >= -127)));
        Assert.Equal(Draw.Wholes("b", 3, -999, 999), Draw.Fill("b", new int[3], -999, 999));
    }
}
