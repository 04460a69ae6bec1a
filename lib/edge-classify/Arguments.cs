using System.Globalization;

namespace EdgeClassify;

/// <summary>A command line that cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command line.</summary>
internal sealed record Arguments(string Model, string Image, int Top, int Repeat, int Threads, bool ShowMemory)
{
    public const string Usage = """
        edge-classify MODEL.onnx IMAGE [options]

        Classifies an image file (PNG, JPEG, BMP, ...) with an ONNX model, float or quantized.

          --top K       show the K most probable classes (3)
          --repeat N    run N times and show the median latency (100)
          --threads N   share the work of a run among N threads (1)
          --memory      show the peak memory of this process
        """;

    public static Arguments Parse(string[] arguments)
    {
        var files = new List<string>();
        var result = new Arguments("", "", Top: 3, Repeat: 100, Threads: 1, ShowMemory: false);
        for (var i = 0; i < arguments.Length; i++)
            switch (arguments[i])
            {
                case "--top": result = result with { Top = Number(arguments, ++i) }; break;
                case "--repeat": result = result with { Repeat = Number(arguments, ++i) }; break;
                case "--threads": result = result with { Threads = Number(arguments, ++i) }; break;
                case "--memory": result = result with { ShowMemory = true }; break;
                case ['-', '-', ..]: throw new UsageException($"There is no option {arguments[i]}.");
                default: files.Add(arguments[i]); break;
            }
        return files is [var model, var image] ? result with { Model = model, Image = image }
            : throw new UsageException("Give a model and an image.");
    }

    private static int Number(string[] arguments, int index) =>
        index < arguments.Length && int.TryParse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= 1_000_000
                ? number : throw new UsageException($"{arguments[index - 1]} needs a number from 1 to 1000000.");
}
