using DistillKit.Host.Outputs;

namespace DistillKit.Host.Languages;

/// <summary>What a piece of code came to.</summary>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="HasValue">Whether its last expression has a value.</param>
/// <param name="Value">That value.</param>
internal readonly record struct Answer(CellError? Error, bool HasValue = false, object? Value = null);

/// <summary>A variable of a language.</summary>
internal sealed record Variable(string Name, Type Type, object? Value);

/// <summary>A language whose code can be run, piece after piece, each seeing what the earlier ones defined.</summary>
internal interface ILanguage
{
    /// <summary>The variables, each name once, with its last value.</summary>
    IReadOnlyList<Variable> Variables { get; }

    /// <summary>Runs code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="place">What errors call the cell, for instance <c>cell 3</c>.</param>
    /// <param name="cancellation">Stops before the next statement that looks at it.</param>
    Task<Answer> RunAsync(string code, string place, CancellationToken cancellation);

    /// <summary>Defines a variable.</summary>
    Task SetAsync(string name, Type type, object? value);
}
