using System.Globalization;

namespace DistillKit.Edge.Sample;

/// <summary>A command line that cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command line.</summary>
internal sealed record Arguments(string Model, string Image, int Top, int Repeat, int Threads, bool ShowMemory)
{
    public const string Usage = """
        edge-classify MODEL.onnx IMAGE [options]

        Classifies a PNG or PPM image with an ONNX model, float or quantized.

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
            result = arguments[i] switch
            {
                "--top" => result with { Top = Number(arguments, ++i) },
                "--repeat" => result with { Repeat = Number(arguments, ++i) },
                "--threads" => result with { Threads = Number(arguments, ++i) },
                "--memory" => result with { ShowMemory = true },
                ['-', '-', ..] => throw new UsageException($"There is no option {arguments[i]}."),
                var file => File(result, files, file),
            };
        return files.Count == 2 ? result with { Model = files[0], Image = files[1] } : throw new UsageException("Give a model and an image.");
    }

    private static Arguments File(Arguments result, List<string> files, string file)
    {
        files.Add(file);
        return result;
    }

    private static int Number(string[] arguments, int index) =>
        index < arguments.Length && int.TryParse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 1_000_000 ? number
            : throw new UsageException($"{arguments[index - 1]} needs a number from 1 to 1000000.");
}
