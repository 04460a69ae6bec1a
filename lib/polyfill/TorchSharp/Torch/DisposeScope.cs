namespace TorchSharp;

public static partial class torch
{
    public static DisposeScope NewDisposeScope() => new();
}

/// <summary>Owns the tensors that its thread makes while it is the innermost one, and disposes them with itself.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? current;

    private readonly HashSet<IDisposable> _owned = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? _outer = current;

    internal DisposeScope() => current = this;

    internal static DisposeScope? Current => current;

    public int DisposablesCount => _owned.Count;
    public IReadOnlyList<IDisposable> DisposablesView => _owned.ToList();

    public bool Contains(IDisposable disposable) => _owned.Contains(disposable);
    public void MarkAsDisposed(IDisposable disposable) => _owned.Remove(disposable);

    public void Attach(IDisposable disposable)
    {
        if (disposable is not torch.Tensor tensor)
        {
            _owned.Add(disposable);
            return;
        }
        tensor.OwningDisposeScope?.MarkAsDisposed(tensor);
        tensor.OwningDisposeScope = this;
        _owned.Add(tensor);
    }

    public T Detach<T>(T disposable) where T : IDisposable
    {
        if (_owned.Remove(disposable) && disposable is torch.Tensor tensor) tensor.OwningDisposeScope = null;
        return disposable;
    }

    public void Detach(params IDisposable[] disposables)
    {
        foreach (var disposable in disposables) Detach<IDisposable>(disposable);
    }

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        if (!_owned.Contains(disposable)) return disposable;
        Detach(disposable);
        scope?.Attach(disposable);
        return disposable;
    }

    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(_outer, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second));

    public void DisposeEverything() => DisposeEverythingBut([]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var kept = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var item in _owned.Where(item => !kept.Contains(item)).ToList())
        {
            item.Dispose();
            _owned.Remove(item);
        }
    }

    public void Dispose()
    {
        DisposeEverything();
        for (var scope = current; scope is not null; scope = scope._outer)
        {
            if (scope != this) continue;
            current = _outer;
            break;
        }
    }
}
