using DistillKit.Notebook.Exercises;
using static TorchSharp.torch;

namespace DistillKit.Notebook.Tests;

[Collection("notebook")]
public sealed class ReaderFunctionTests
{
    private static readonly Func<double, double> Library = x => x * x;

    private static readonly (string, Func<Func<double, double>, object>)[] Questions = [("of 3", f => f(3)), ("of -2", f => f(-2))];

    private static double Blank(double x) => throw new NotImplementedException();

    private static double Square(double x) => Math.Pow(x, 2);

    [Fact]
    public void A_function_that_answers_like_the_librarys_runs_in_its_place()
    {
        Func<double, double> mine = Square;
        Assert.Same(mine, Exercise.Use("00-square", mine, Library, Questions));
    }

    [Fact]
    public void A_function_can_be_given_by_its_name() => Assert.NotSame(Library, Exercise.Use("00-square", Square, Library, Questions));

    [Fact]
    public void A_blank_leaves_the_librarys_function() => Assert.Same(Library, Exercise.Use("00-square", Blank, Library, Questions));

    [Theory]
    [InlineData("wrong for negative numbers")]
    [InlineData("throws")]
    [InlineData("never a number")]
    public void A_wrong_function_leaves_the_librarys(string kind)
    {
        Func<double, double> wrong = kind switch
        {
            "throws" => _ => throw new InvalidOperationException(),
            "never a number" => _ => double.NaN,
            _ => x => x * Math.Abs(x),
        };
        Assert.Same(Library, Exercise.Use("00-square", wrong, Library, Questions));
        Assert.Equal(CheckState.Wrong, Check.All.Single(one => one.Id == "00-square").State);
    }

    [Fact]
    public void Small_numbers_are_compared_as_closely_as_large_ones()
    {
        Func<double> library = () => 6.0 / 255;
        Assert.Same(library, Exercise.Use("00-step", () => 6.0 / 256, library, ("a step", f => f())));
        Assert.NotSame(library, Exercise.Use("00-step", () => 6.000001 / 255, library, ("a step", f => f())));
    }

    [Fact]
    public void Tensors_count_with_their_shape()
    {
        Func<Tensor> library = () => ones(2, 3);
        Assert.NotSame(library, Exercise.Use("00-ones", () => ones(2, 3), library, ("ones", f => f())));
        Assert.Same(library, Exercise.Use("00-ones", () => ones(3, 2), library, ("ones", f => f())));
    }
}
