using DistillKit.Notebook.Formatting;

namespace DistillKit.Notebook;

/// <summary>The notebook that has loaded this library; its set-up script calls <see cref="Start"/>.</summary>
public static class NotebookSession
{
    private static Func<object, Action<object>>? show;
    private static Func<CancellationToken>? cancellation;

    /// <summary>The cancellation of the running cell.</summary>
    public static CancellationToken Cancellation => cancellation?.Invoke() ?? CancellationToken.None;

    /// <summary>Registers the formatters of the library's types, and notes how the notebook displays.</summary>
    /// <param name="show">Displays a value, and returns what replaces it by another in the same place.</param>
    /// <param name="cancellation">The running cell's cancellation.</param>
    public static void Start(Func<object, Action<object>> show, Func<CancellationToken> cancellation)
    {
        Engine.Prepare();
        (NotebookSession.show, NotebookSession.cancellation) = (show, cancellation);
        Formatters.Register();
    }

    /// <summary>Displays a value in the notebook; elsewhere as a line on the console.</summary>
    /// <returns>What replaces it by another in the same place; null outside of notebooks.</returns>
    internal static Action<object>? Show(object value)
    {
        if (show is { } display) return display(value);
        Console.WriteLine(value);
        return null;
    }
}
