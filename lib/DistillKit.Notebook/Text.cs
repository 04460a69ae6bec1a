namespace DistillKit.Notebook;

/// <summary>Numbers for people.</summary>
internal static class Text
{
    /// <summary>Three or four digits, with separators.</summary>
    internal static string Number(double value) => value switch
    {
        _ when !double.IsFinite(value) => value.ToString(CultureInfo.InvariantCulture),
        0 => "0",
        _ when Math.Abs(value) >= 1000 => value.ToString("n0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) < 0.001 => value.ToString("0.##e+0", CultureInfo.InvariantCulture),
        _ => Math.Round(value, Math.Max(0, 3 - (int)Math.Floor(Math.Log10(Math.Abs(value)))))
            .ToString("0.######", CultureInfo.InvariantCulture),
    };

    internal static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:f2} %");
}
