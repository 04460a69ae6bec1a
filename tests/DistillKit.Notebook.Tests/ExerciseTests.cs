using System.Text.Json;
using DistillKit.Notebook.Exercises;

namespace DistillKit.Notebook.Tests;

[Collection("notebook")]
public sealed class ExerciseTests : IDisposable
{
    public ExerciseTests() => Dispose();

    public void Dispose()
    {
        Check.Clear();
        Predictions.Clear();
    }

    [Theory]
    [InlineData(10, 10, "Within a tenth")]
    [InlineData(20, 10, "2.0 times too high")]
    [InlineData(1, 30, "30 times too low")]
    [InlineData(0, 5, "Off by 5 ms")]
    [InlineData(0, 0, "Exactly")]
    [InlineData(80, 84.5, "Off by 4.5 points", "%")]
    [InlineData(5, 5.2, "Off by 0.2 points", "points")]
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
    [InlineData(5.0, CheckState.Right)]
    [InlineData(5.1, CheckState.Right)]
    [InlineData(4.8, CheckState.Wrong)]
    [InlineData(double.NaN, CheckState.Wrong)]
    public void A_number_is_right_within_the_tolerance(double? answer, CheckState state) =>
        Assert.Equal(state, Check.That("five", answer, 5.0, 0.11).State);

    [Fact]
    public void A_check_never_shows_the_solution()
    {
        foreach (var answer in (double?[])[null, 1, 99999, double.PositiveInfinity])
        {
            var result = Check.That("secret", answer, 48151.6234, 0.1);
            Assert.DoesNotContain("48151", result.ToString() + result.ToHtml() + Check.Summary());
            Assert.DoesNotContain("48,15", result.ToString());
        }
        Assert.Contains("less than that", Check.That("secret", 99999, 48151.6).ToString());
        Assert.Contains("more than that", Check.That("secret", 1, 48151.6).ToString());
    }

    [Fact]
    public void A_sealed_answer_is_checked_without_being_there()
    {
        var seal = Check.Seal("views", 162);
        Assert.Equal(CheckState.Right, Check.Sealed("views", 162, seal).State);
        Assert.Equal(CheckState.Wrong, Check.Sealed("views", 128, seal).State);
        Assert.Equal(CheckState.Open, Check.Sealed("views", null, seal).State);
        Assert.Equal(CheckState.Right, Check.Sealed("word", " Momentum ", Check.Seal("word", "momentum")).State);
        Assert.NotEqual(seal, Check.Seal("other exercise", 162));
    }

    [Fact]
    public void The_summary_counts_every_exercise_once_with_its_last_answer()
    {
        Check.That("a", 1.0, 2.0);
        Check.That("a", 2.0, 2.0);
        Check.That("b", isRight: null);
        Predictions.Predict("q", 3, "s");

        using var summary = JsonDocument.Parse(Check.Summary());
        var root = summary.RootElement;
        Assert.Equal((1, 2), (root.GetProperty("right").GetInt32(), root.GetProperty("of").GetInt32()));
        var states = root.GetProperty("exercises").EnumerateArray().Select(exercise => exercise.GetProperty("state").GetString());
        Assert.Equal(["Right", "Open"], states);
        Assert.Equal(3, root.GetProperty("predictions")[0].GetProperty("guess").GetDouble());
    }

    [Fact]
    public void Text_of_readers_is_escaped()
    {
        Assert.DoesNotContain("<script>", Predictions.Predict("<script>", 1).ToHtml());
        Assert.DoesNotContain("<script>", Check.That("<script>", isRight: false, "<script>").ToHtml());
    }
}
