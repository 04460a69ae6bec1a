using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive;

// The package's class is disposable; a cell has no business to dispose of its context, so this one is not.
public class KernelInvocationContext
{
    private static readonly AsyncLocal<KernelInvocationContext?> Running = new();

    private KernelInvocationContext(CancellationToken cancellation) => CancellationToken = cancellation;

    public static KernelInvocationContext? Current => Running.Value;

    public CancellationToken CancellationToken { get; }

    // The context flows to what the calling method starts, and ends with that method.
    internal static void Begin(Action<DisplayedValue> show, CancellationToken cancellation)
    {
        Running.Value = new(cancellation);
        DisplaySink.Current = show;
    }
}
