using System.Globalization;
using System.Net;

namespace DistillKit.Notebook.Live;

/// <summary>How far a stage is.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Text">What it is doing, or its result.</param>
/// <param name="Share">How much is done, in [0, 1]; null when that is not known.</param>
public sealed record ProgressBar(string Stage, string Text, double? Share)
{
    private const int Width = 24;

    /// <summary>A line with a bar.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stage,-10} {(Share is { } share and < 1 ? $"{Bar(share)} {100 * share,3:f0} %  " : "")}{Text}");

    internal string ToHtml()
    {
        var bar = Share is { } share and < 1 ? string.Create(CultureInfo.InvariantCulture, $"<progress value=\"{share:f3}\" max=\"1\"></progress> {100 * share:f0} % ") : "";
        return $"<div><b>{WebUtility.HtmlEncode(Stage)}</b> {bar}{WebUtility.HtmlEncode(Text)}</div>";
    }

    private static string Bar(double share)
    {
        var full = (int)Math.Round(Width * Math.Clamp(share, 0, 1));
        return $"[{new string('#', full)}{new string('.', Width - full)}]";
    }
}
