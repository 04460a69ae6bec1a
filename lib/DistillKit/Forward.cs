namespace DistillKit;

/// <summary>Reports progress where it happens, not on another thread.</summary>
internal sealed class Forward<T>(Action<T> receive) : IProgress<T>
{
    public void Report(T value) => receive(value);
}
