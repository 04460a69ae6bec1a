namespace Microsoft.DotNet.Interactive.Formatting;

public class DisplayedValue
{
    public DisplayedValue(object? value, IReadOnlyList<FormattedValue> formattedValues) => (Value, FormattedValues) = (value, formattedValues);

    public string DisplayId { get; } = Guid.NewGuid().ToString();

    public bool IsUpdated { get; private set; }

    public IReadOnlyList<FormattedValue> FormattedValues { get; private set; }

    public object? Value { get; private set; }

    public void Update(object? updatedValue)
    {
        (IsUpdated, Value) = (true, updatedValue);
        FormattedValues = FormattedValue.CreateManyFromObject(updatedValue, [.. FormattedValues.Select(formatted => formatted.MimeType)]);
        DisplaySink.Show(this);
    }
}

/// <summary>Where displayed values go: to the running cell, or to the console where there is none.</summary>
internal static class DisplaySink
{
    private static readonly AsyncLocal<Action<DisplayedValue>?> Cell = new();

    internal static Action<DisplayedValue>? Current
    {
        get => Cell.Value;
        set => Cell.Value = value;
    }

    internal static void Show(DisplayedValue value)
    {
        if (Current is { } cell) cell(value);
        else Console.WriteLine(value.Value.ToDisplayString());
    }
}
