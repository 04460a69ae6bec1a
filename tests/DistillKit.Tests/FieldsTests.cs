using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Networks;
using DistillKit.Training;

namespace DistillKit.Tests;

/// <summary>The one rule for numbers, tried on every number of every recipe of training and distillation.</summary>
public sealed class FieldsTests
{
    private static readonly double[] Hostile =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, -1e300, 1e-300, -1, 0, int.MaxValue, int.MinValue];

    /// <summary>A valid record of each kind.</summary>
    private static readonly object[] Records =
    [
        new TrainingRecipe { Phases = [new(1)] }, new Phase(1), new Freeze(0, null), new OptimizerRecipe(), new Schedule(),
        new Augmentation(), new AugmentedViews(1), new Mixing(), new DistillationRecipe(), new HintonTerm(), new DecoupledTerm(),
        new DistTerm(), new HintTerm("a", "b"), new AttentionTerm("a", "b"), new SimilarityTerm("a", "b"), new RelationalTerm("a", "b"),
        new ContrastiveTerm("a", "b"), new ResNetSpec { Depth = 18 }, new MobileNetV2Spec(),
    ];

    public static TheoryData<string> Numbers =>
        [.. from record in Records from number in NumbersOf(record.GetType()) select $"{record.GetType().Name}.{number.Name}"];

    [Fact]
    public void No_record_of_a_recipe_is_left_out()
    {
        var found = new HashSet<Type>();
        foreach (var type in (Type[])[typeof(TrainingRecipe), typeof(DistillationRecipe), typeof(ModelSpec)]) Collect(type, found);
        Assert.Equal(found.Select(type => type.Name).Order(), Records.Select(record => record.GetType().Name).Order());
    }

    [Theory, MemberData(nameof(Numbers))]
    public void A_number_has_a_range_and_nothing_outside_of_it_is_valid(string place)
    {
        var (record, field) = Find(place);
        var range = field.GetCustomAttribute<RangeAttribute>();
        Assert.True(range is not null, $"{place} needs a [Range]");
        var (least, most) = (Convert.ToDouble(range.Minimum), Convert.ToDouble(range.Maximum));
        var own = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
        foreach (var number in Hostile.Append(least).Append(most))
        {
            if (ValueOf(own, number) is not { } value) continue;
            var isAbove = range.MinimumIsExclusive ? number > least : number >= least;
            var isBelow = range.MaximumIsExclusive ? number < most : number <= most;
            var isSingle = number == 0 || float.IsNormal((float)number);
            var copy = Copy(record);
            field.SetValue(copy, value);
            var error = Record.Exception(() => Fields.Validate(copy, "recipe"));
            var path = JsonNamingPolicy.CamelCase.ConvertName(field.Name);
            if (isAbove && isBelow && isSingle) Assert.Null(error);
            else Assert.StartsWith($"The recipe's {path} must be ", Assert.IsType<UserException>(error).Message);
        }
    }

    [Theory]
    [InlineData(double.NaN, "The recipe's optimizer.learningRate must be above 0 and at most 1000000, but is NaN.")]
    [InlineData(1e300, "The recipe's optimizer.learningRate must be above 0 and at most 1000000, but is 1E+300.")]
    [InlineData(1e-300, "The recipe's optimizer.learningRate must be 0 or far enough from it for float32, but is 1E-300.")]
    public void The_message_says_where_what_is_allowed_and_what_there_is(double rate, string expected) => Assert.Equal(
        expected, Refusal(new TrainingRecipe { Phases = [new(1)], Optimizer = new(LearningRate: rate) }));

    [Fact]
    public void Lists_and_choices_are_checked_too()
    {
        string OfPhases(params Phase[] phases) => Refusal(new TrainingRecipe { Phases = phases });
        Assert.Equal("The recipe's phases[1].epochs must be above 0 and at most 10000, but is 0.", OfPhases(new(1), new(0)));
        Assert.Equal("The recipe's phases[1] must be given, but is not given.", OfPhases(new(1), null!));
        Assert.Contains("flip must be one of None, Random, Alternating, but is 9", Refusal(new Augmentation(Flip: (Flip)9)));
        Assert.Contains("blocks[1] must be from 0 to 100, but is 101", Refusal(new ResNetSpec { Blocks = [1, 101] }));
    }

    [Theory]
    [InlineData(2147483647)]
    [InlineData(10_000)]
    public void Epochs_that_add_up_to_too_many_are_refused(int epochs) => Assert.Contains(
        "phases", Assert.Throws<UserException>(() => new TrainingRecipe { Phases = [new(epochs), new(epochs)] }.Validate()).Message);

    private static string Refusal(object record) =>
        Assert.Throws<UserException>(() => Fields.Validate(record, "recipe")).Message;

    private static (object Record, PropertyInfo Field) Find(string place)
    {
        var record = Records.Single(record => record.GetType().Name == place.Split('.')[0]);
        return (record, record.GetType().GetProperty(place.Split('.')[1])!);
    }

    private static object Copy(object record) => record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;

    private static object? ValueOf(Type type, double number)
    {
        if (type == typeof(double)) return number;
        var isWhole = double.IsInteger(number) && number is >= int.MinValue and <= int.MaxValue;
        return isWhole ? Convert.ChangeType(number, type) : null;
    }

    // A seed may be any number.
    private static IEnumerable<PropertyInfo> NumbersOf(Type type) => type.GetProperties()
        .Where(field => field.SetMethod is not null && (Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType) is var own
            && own.IsPrimitive && own != typeof(bool) && own != typeof(ulong));

    private static void Collect(Type type, HashSet<Type> found)
    {
        if (NamedTypes.Of(type) is { } family)
        {
            foreach (var (_, member) in family.All) Collect(member, found);
            return;
        }
        var item = type.GetInterfaces().Append(type)
            .FirstOrDefault(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        if (item is not null && type != typeof(string)) Collect(item.GetGenericArguments()[0], found);
        if (type.GetMethod("<Clone>$") is null || !found.Add(type)) return;
        foreach (var field in type.GetProperties().Where(field => field.SetMethod is not null)) Collect(field.PropertyType, found);
    }
}
