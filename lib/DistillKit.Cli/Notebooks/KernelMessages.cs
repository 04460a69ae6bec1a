namespace DistillKit.Cli.Notebooks;

// What goes over the kernel's standard input and output, a line of JSON each: the part of it that the runner needs. The whole is in
// https://github.com/dotnet/interactive/tree/main/src/Microsoft.DotNet.Interactive (Commands, Events, Connection).

internal sealed record KernelCommand(string Token, string CommandType, KernelCommandBody Command)
{
    internal string ToLine() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web) + "\n";
}

internal sealed record KernelCommandBody(string? TargetKernelName, string? Code = null);

/// <summary>An event of the kernel, and the command that it belongs to.</summary>
internal sealed record KernelEvent(string EventType, KernelEventBody Event, KernelEventCommand? Command)
{
    /// <summary>How each line with an event begins.</summary>
    internal const string Start = "{\"event\":";

    internal static KernelEvent Printed(string text) =>
        new("StandardOutputValueProduced", new([new("text/plain", text)], null, null, null), null);

    /// <summary>Reads a line; null when it is none of the kernel's.</summary>
    internal static KernelEvent? Parse(string line)
    {
        try
        {
            var read = JsonSerializer.Deserialize<KernelEvent>(line, JsonSerializerOptions.Web);
            return read is { EventType: not null, Event: not null } ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record KernelEventCommand(string? Token);
internal sealed record KernelEventBody(
    IReadOnlyList<FormattedValue>? FormattedValues, string? ValueId, string? Message, IReadOnlyList<KernelDiagnostic>? Diagnostics)
{
    /// <summary>The plain text of the event's value; nothing when it has none.</summary>
    internal string Plain => FormattedValues?.FirstOrDefault(value => value.MimeType == "text/plain")?.Value ?? "";
}

/// <summary>A value in one of the forms that a front end can show.</summary>
internal sealed record FormattedValue(string MimeType, string Value);

/// <summary>What a compiler says about a place in a cell; lines count from 0.</summary>
internal sealed record KernelDiagnostic(string Severity, LinePositionSpan LinePositionSpan);

internal sealed record LinePositionSpan(LinePosition Start);
internal sealed record LinePosition(int Line);
