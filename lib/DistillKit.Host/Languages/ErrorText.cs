using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using DistillKit.Host.Outputs;

namespace DistillKit.Host.Languages;

/// <summary>An error that a compiler found, and where; a cell's file is the notebook's folder and the cell's name.</summary>
internal sealed record Problem(string? File, int Line, int Column, string Code, string Message);

/// <summary>Writes errors for people: with the cell's own line numbers, without what lies below the cell's code.</summary>
/// <param name="folder">The notebook's folder.</param>
internal sealed class ErrorText(string folder)
{
    /// <summary>What a compiler found, a line for each: <c>(2,5): error CS0103: ...</c>, with the file's name where it is not the cell.</summary>
    internal CellError Of(IReadOnlyList<Problem> problems, string place)
    {
        string[] lines = [.. problems.Select(problem => $"{Prefix(problem, place)}({problem.Line},{problem.Column}): error {problem.Code}: {problem.Message}{Hint(problem)}")];
        var own = problems.FirstOrDefault(problem => Prefix(problem, place).Length == 0);
        return new("Error", lines.FirstOrDefault() ?? "The cell does not compile.", lines, own?.Line);
    }

    /// <summary>An exception that a cell threw.</summary>
    internal CellError Of(Exception exception, string place)
    {
        exception = Unwrapped(exception);
        var message = $"{exception.GetType().FullName}: {exception.Message}";
        var frames = Frames(exception);
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException) message += $"\n ---> {inner.GetType().FullName}: {inner.Message}";
        return new("Error", message, [.. message.Split('\n'), .. frames.Select(frame => frame.Text)], frames.FirstOrDefault(frame => frame.Cell == place).Line);
    }

    private static Exception Unwrapped(Exception exception) => exception switch
    {
        TargetInvocationException { InnerException: { } inner } => Unwrapped(inner),
        AggregateException { InnerExceptions: [var only] } => Unwrapped(only),
        TypeInitializationException { InnerException: { } inner } type when type.TypeName.Contains("StartupCode$FSI") => Unwrapped(inner),
        _ => exception,
    };

    // From the throw up to the cell; the frames of the runtime and of the host in between tell nothing.
    private List<(string Text, string? Cell, int? Line)> Frames(Exception exception)
    {
        var frames = new List<(string Text, string? Cell, int? Line)>();
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is not { } method) continue;
            var (file, line) = (frame.GetFileName(), frame.GetFileLineNumber());
            var isCell = file is not null && line > 0 && Relative(file) is { } name && !name.Contains('/') && !Path.HasExtension(name);
            if (isCell) frames.Add(($"   at {Relative(file!)}, line {line}", Relative(file!), line));
            else if (!IsBelow(method)) frames.Add(($"   at {Name(method)}{(line > 0 && Relative(file!) is { } local ? $" in {local}, line {line}" : "")}", null, null));
        }
        return frames;
    }

    private static bool IsBelow(MethodBase method)
    {
        var assembly = method.DeclaringType?.Assembly.GetName().Name ?? "";
        return assembly.Length == 0 || assembly.StartsWith("System.", StringComparison.Ordinal) || assembly.StartsWith("Microsoft.", StringComparison.Ordinal)
            || assembly.StartsWith("FSharp.", StringComparison.Ordinal) || assembly.StartsWith("DistillKit.Host", StringComparison.Ordinal)
            || assembly is "System" or "mscorlib" || method.Name is "InvokeStub" || assembly.StartsWith("FSI-ASSEMBLY", StringComparison.Ordinal);
    }

    // A lambda or an async method carries the name of its method in angle brackets.
    private static string Name(MethodBase method)
    {
        var type = method.DeclaringType!;
        var name = method.Name;
        while (type.DeclaringType is { } outer && type.Name.StartsWith('<'))
        {
            if (type.Name.IndexOf('>') is > 1 and var end) name = type.Name[1..end];
            type = outer;
        }
        if (name.StartsWith('<') && name.IndexOf('>') is > 1 and var last) name = name[1..last];
        return string.Create(CultureInfo.InvariantCulture, $"{type.FullName}.{name}");
    }

    // The file's name in the notebook's folder; null for a file that is elsewhere, whose place is another on every machine.
    private string? Relative(string file)
    {
        var relative = Path.GetRelativePath(folder, Path.GetFullPath(file, folder)).Replace(Path.DirectorySeparatorChar, '/');
        return relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? null : relative;
    }

    private string Prefix(Problem problem, string place)
    {
        if (string.IsNullOrEmpty(problem.File)) return "";
        var name = Relative(problem.File) ?? Path.GetFileName(problem.File);
        return name == place ? "" : name;
    }

    // CS0006: a referenced file does not exist. The libraries of this repository are built by the launcher.
    private static string Hint(Problem problem) =>
        problem.Code is "CS0006" or "FS0082" or "FS0084" && problem.Message.Contains("/bin/Release/", StringComparison.Ordinal)
            ? " The library is not built yet: run ./distillkit once in the folder of the checkout, then run this cell again." : "";
}
