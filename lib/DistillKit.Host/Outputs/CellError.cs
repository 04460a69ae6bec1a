namespace DistillKit.Host.Outputs;

/// <summary>Why a cell failed.</summary>
/// <param name="Name">The kind of error.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Traceback">The lines that a notebook shows: the message and where it came from.</param>
/// <param name="Line">The line of the cell, from 1, when it is known.</param>
public sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback, int? Line)
{
    internal static CellError Of(string message) => new("Error", message, [message], null);
}
