using System.Text.Json;

namespace DistillKit.Cli.Notebooks;

// What goes over the kernel's standard input and output, a line of JSON each: the part of it that the runner needs. The whole is in
// https://github.com/dotnet/interactive/tree/main/src/Microsoft.DotNet.Interactive (Commands, Events, Connection).

/// <summary>A command to the kernel.</summary>
internal sealed record KernelCommand(string Token, string CommandType, KernelCommandBody Command);

/// <summary>What a command says.</summary>
internal sealed record KernelCommandBody(string? TargetKernelName, string? Code = null);

/// <summary>An event of the kernel.</summary>
internal sealed record KernelEvent(string EventType, KernelEventBody Event, KernelEventCommand? Command)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>How each line with an event begins.</summary>
    internal const string Start = "{\"event\":";

    /// <summary>Reads a line; null when it is none of the kernel's.</summary>
    internal static KernelEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<KernelEvent>(line, Options) is { EventType: not null, Event: not null } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A command as its line.</summary>
    internal static string Line(KernelCommand command) => JsonSerializer.Serialize(command, Options);
}

/// <summary>The command that an event belongs to.</summary>
internal sealed record KernelEventCommand(string? Token);

/// <summary>What an event says.</summary>
internal sealed record KernelEventBody(
    IReadOnlyList<FormattedValue>? FormattedValues, string? ValueId, string? Message, IReadOnlyList<KernelDiagnostic>? Diagnostics);

/// <summary>A value in one of the forms that a front end can show.</summary>
internal sealed record FormattedValue(string MimeType, string Value);

/// <summary>What a compiler says.</summary>
internal sealed record KernelDiagnostic(string Severity, LinePositionSpan LinePositionSpan);

/// <summary>From where to where.</summary>
internal sealed record LinePositionSpan(LinePosition Start);

/// <summary>A place in a cell, from 0.</summary>
internal sealed record LinePosition(int Line);
