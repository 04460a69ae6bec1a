namespace DistillKit;

/// <summary>A failure that the person at the keyboard can fix. <see cref="Exception.Message"/> is one line: what happened, and what to do.
/// Programs show that line without a stack trace; the inner exception keeps the details. Names from files cannot control a
/// terminal.</summary>
public sealed class UserException(string message, Exception? inner = null) : Exception(PlainText.Of(message), inner);
