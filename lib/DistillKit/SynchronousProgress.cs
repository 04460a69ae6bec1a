namespace DistillKit;

/// <summary>Reports progress where it happens, not on another thread.</summary>
public sealed class SynchronousProgress<T>(Action<T> receive) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => receive(value);
}
