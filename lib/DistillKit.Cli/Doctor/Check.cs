namespace DistillKit.Cli.Doctor;

/// <summary>What a check found.</summary>
internal enum CheckStatus
{
    /// <summary>As it should be.</summary>
    OK,

    /// <summary>Something works less well than it could, or a part is missing that not everybody needs.</summary>
    Warn,

    /// <summary>Nothing that trains or evaluates can work.</summary>
    Fail,
}

/// <summary>One finding of <c>doctor</c>, and what to do about it unless all is well.</summary>
internal sealed record Check(string Name, CheckStatus Status, string Finding, string? Remedy = null)
{
    public static Check OK(string name, string finding) => new(name, CheckStatus.OK, finding);

    public static Check Warn(string name, string finding, string remedy) => new(name, CheckStatus.Warn, finding, remedy);

    public static Check Fail(string name, string finding, string remedy) => new(name, CheckStatus.Fail, finding, remedy);
}
