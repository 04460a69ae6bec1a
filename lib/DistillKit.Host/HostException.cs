namespace DistillKit.Host;

/// <summary>Something that the person can mend; the message is one line that says what and how.</summary>
public sealed class HostException(string message, Exception? inner = null) : Exception(message, inner);
