namespace DistillKit.Edge;

/// <summary>A file, input or option that this engine cannot use. The message is one line: what is wrong, and what to do about it.</summary>
public sealed class EdgeException(string message, Exception? inner = null) : Exception(message, inner);
