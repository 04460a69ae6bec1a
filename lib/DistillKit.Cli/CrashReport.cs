using System.Runtime.InteropServices;

namespace DistillKit.Cli;

/// <summary>Keeps what a maintainer needs to know about an error that nobody foresaw.</summary>
internal static class CrashReport
{
    /// <summary>Writes the report, and says where it is; where it cannot be written, gives the details themselves.</summary>
    public static string Write(Exception exception, IEnumerable<string> arguments)
    {
        try
        {
            Directory.CreateDirectory(Checkout.Artifacts);
            var path = Path.Combine(Checkout.Artifacts, $"crash-{DateTime.Now:yyyyMMdd-HHmmss}.txt");
            File.WriteAllText(path, $"""
                distillkit {string.Join(' ', arguments)}
                version {typeof(CrashReport).Assembly.GetName().Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}

                {exception}

                """);
            return $"details: {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return exception.ToString();
        }
    }
}
