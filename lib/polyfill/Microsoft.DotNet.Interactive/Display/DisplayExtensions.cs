using Microsoft.DotNet.Interactive.Formatting;

namespace System;

public static class DisplayExtensions
{
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) =>
        Show(new(value, FormattedValue.CreateManyFromObject(value, mimeTypes)));

    public static DisplayedValue DisplayAs(this string value, string mimeType) => Show(new(value, [new(mimeType, value)]));

    private static DisplayedValue Show(DisplayedValue displayed)
    {
        DisplaySink.Show(displayed);
        return displayed;
    }
}
