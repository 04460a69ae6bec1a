namespace DistillKit.Cli.Doctor;

/// <summary>How serious a finding is. Warn: something works less well than it could, or a part is missing that not everybody needs. Fail:
/// nothing that trains or evaluates can work.</summary>
internal enum Severity { OK, Warn, Fail }

/// <summary>One finding of `doctor`, and what to do about it unless all is well.</summary>
internal sealed record Finding(string Name, Severity Severity, string Text, string? Remedy = null)
{
    internal static Finding OK(string name, string text) => new(name, Severity.OK, text);

    internal static Finding Warn(string name, string text, string remedy) => new(name, Severity.Warn, text, remedy);

    internal static Finding Fail(string name, string text, string remedy) => new(name, Severity.Fail, text, remedy);
}
