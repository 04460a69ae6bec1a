namespace DistillKit.Tests.Parity;

public sealed class FormulaTests
{
    [Theory]
    [InlineData("images")]
    [InlineData("conv1.weight")]
    [InlineData("layer3.35.bn3.running_var")]
    public void Numbers_made_from_a_name_are_those_of_the_fixtures(string name)
    {
        using var fixture = Fixture.Load("formula");
        using var numbers = Formula.Tensor(name, [8]);
        Close.Assert(fixture[name], numbers, 0, name);
    }
}
