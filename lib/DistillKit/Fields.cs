using System.Collections;
using System.Reflection;

namespace DistillKit;

/// <summary>The one rule for what recipes hold: a number is finite, within float32 and within the <see cref="RangeAttribute"/> of its
/// field, and a choice is one of those there are. Records in records, lists and dictionaries are checked, too.</summary>
public static class Fields
{
    /// <summary>Checks every field of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="owner">What an error calls it, for instance "training recipe".</param>
    /// <exception cref="UserException">A field is not valid; the message names its path, the rule and the value.</exception>
    public static void Validate(object record, string owner)
    {
        foreach (var (name, value, range) in Of(record)) Check(value, range, owner, name);
    }

    /// <summary>Checks one field by a rule of its own.</summary>
    /// <exception cref="UserException">It is not valid; the message names the field, the rule and the value.</exception>
    public static void Require(bool valid, string owner, string field, string rule, object? value)
    {
        if (!valid) throw new UserException($"The {owner}'s {field} must be {rule}, but is {Show(value)}.");
    }

    private static IEnumerable<(string Name, object? Value, RangeAttribute? Range)> Of(object record) =>
        from property in record.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
        where property.SetMethod is not null
        let name = JsonNamingPolicy.CamelCase.ConvertName(property.Name)
        select (name, property.GetValue(record), property.GetCustomAttribute<RangeAttribute>());

    private static void Check(object? value, RangeAttribute? range, string owner, string path)
    {
        switch (value)
        {
            case null or string or bool:
                break;
            case Enum:
                var names = Enum.GetNames(value.GetType());
                Require(Enum.IsDefined(value.GetType(), value), owner, path, $"one of {string.Join(", ", names)}", value);
                break;
            case IConvertible number:
                CheckNumber(number.ToDouble(CultureInfo.InvariantCulture), value is double or float, range, owner, path);
                break;
            case IDictionary entries:
                foreach (DictionaryEntry entry in entries) Check(entry.Value, null, owner, $"{path}.{entry.Key}");
                break;
            case IEnumerable items:
                foreach (var (index, item) in items.Cast<object?>().Index())
                {
                    var place = FormattableString.Invariant($"{path}[{index}]");
                    Require(item is not null, owner, place, "given", null);
                    Check(item, range, owner, place);
                }
                break;
            default:
                foreach (var (name, field, limits) in Of(value)) Check(field, limits, owner, $"{path}.{name}");
                break;
        }
    }

    private static void CheckNumber(double number, bool isReal, RangeAttribute? range, string owner, string path)
    {
        if (range is not null)
        {
            var (least, most) = (Limit(range.Minimum), Limit(range.Maximum));
            var isAbove = range.MinimumIsExclusive ? number > least : number >= least;
            var isBelow = range.MaximumIsExclusive ? number < most : number <= most;
            Require(isAbove && isBelow, owner, path, RuleOf(range), number);
        }
        if (!isReal) return;
        Require(float.IsFinite((float)number), owner, path, "a finite number within float32", number);
        Require(number == 0 || float.IsNormal((float)number), owner, path, "0 or far enough from it for float32", number);
    }

    private static double Limit(object limit) => Convert.ToDouble(limit, CultureInfo.InvariantCulture);

    private static string RuleOf(RangeAttribute range)
    {
        var (least, most) = (Show(range.Minimum), Show(range.Maximum));
        return (range.MinimumIsExclusive, range.MaximumIsExclusive) switch
        {
            (false, false) => $"from {least} to {most}",
            (false, true) => $"at least {least} and below {most}",
            (true, false) => $"above {least} and at most {most}",
            (true, true) => $"above {least} and below {most}",
        };
    }

    private static string Show(object? value) => value switch
    {
        null => "not given",
        string text => text,
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Show))}]",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
