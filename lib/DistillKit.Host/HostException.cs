namespace DistillKit.Host;

/// <summary>Something that the person can mend; the message is one line that says what and how.</summary>
public sealed class HostException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The line of the cell that it is about, from 1, when it is known.</summary>
    public int? Line { get; init; }
}
