using Microsoft.ML.OnnxRuntime;

namespace DistillKit.Runs.Benchmarks;

/// <summary>An ONNX file in ONNX Runtime on the CPU: an image classifier with one input [batch, C, H, W] and one output [batch, classes],
/// both float. One thread at a time may call <see cref="Run"/>.</summary>
public sealed class OnnxRuntimeModel : IDeployedModel
{
    private static readonly Lazy<(string? Version, string? Defect)> Runtime = new(LoadRuntime);

    private const int MostLetters = 400;

    private readonly InferenceSession session;
    private readonly RunOptions options = new();
    private Buffers? batch;

    private readonly bool oneByOne;

    private OnnxRuntimeModel(InferenceSession session, IReadOnlyList<int> inputShape, int classes, bool oneByOne) =>
        (this.session, InputShape, Classes, this.oneByOne) = (session, inputShape, classes, oneByOne);

    /// <summary>The version of ONNX Runtime, such as 1.30.0; null where its library is missing or does not load.</summary>
    public static string? RuntimeVersion => Runtime.Value.Version;

    /// <summary>Why there is no <see cref="RuntimeVersion"/>; null where there is one.</summary>
    public static string? RuntimeDefect => Runtime.Value.Defect;

    string IDeployedModel.Runtime => $"ONNX Runtime {RuntimeVersion}";

    /// <inheritdoc/>
    public IReadOnlyList<int> InputShape { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => session.ModelMetadata.CustomMetadataMap;

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>Loads a file.</summary>
    /// <param name="threads">How many threads work on one operator.</param>
    /// <exception cref="UserException">The file is missing, damaged or no image classifier, or there is no ONNX Runtime.</exception>
    public static OnnxRuntimeModel Load(string path, int threads = 1)
    {
        if (threads < 1) throw new UserException($"ONNX Runtime needs at least 1 thread, but {threads} were asked for.");
        if (RuntimeDefect is { } defect)
            throw new UserException($"ONNX Runtime does not load: {defect}; `./distillkit doctor` says what to do.");
        if (!File.Exists(path)) throw new UserException($"There is no model {path}.");
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, // the exceptions say the same
        };
        // It rounds weights that a mixed plan has left in floating point, where their layer stands between integers.
        settings.AddSessionConfigEntry("optimization.disable_specified_optimizers", "WeightBiasQuantization");
        // After a call its threads spin for tens of milliseconds, on a core that the file measured next needs.
        settings.AddSessionConfigEntry("session.force_spinning_stop", "1");
        try
        {
            var session = new InferenceSession(path, settings);
            if (Describe(session) is var (image, classes, batch) && batch <= 1)
                return new(session, image, classes, batch == 1 || TakesOneByOne(path));
            session.Dispose();
        }
        catch (OnnxRuntimeException e)
        {
            throw new UserException($"ONNX Runtime cannot load {path}: {Reason(e)}", e);
        }
        throw new UserException(
            $"{path} is not an image classifier: it needs one input [batch, C, H, W] and one output [batch, classes] of floats, "
            + "with a batch of any size or of 1.");
    }

    /// <summary>Whether images that stand in one call would change each other's answers: a file that is quantized dynamically finds the
    /// range of a whole call.</summary>
    internal static bool TakesOneByOne(string path)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().IndexOf("DynamicQuantizeLinear"u8) >= 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // to load it will say why
        }
    }

    /// <summary>Computes the logits of some images, one by one where the file takes one alone or is quantized dynamically. It allocates
    /// next to nothing while their number stays the same.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit the model or each other.</exception>
    /// <exception cref="UserException">ONNX Runtime failed.</exception>
    public void Run(ReadOnlySpan<float> images, Span<float> logits)
    {
        var length = InputShape[0] * InputShape[1] * InputShape[2];
        var (count, rest) = int.DivRem(images.Length, length);
        if (count == 0 || rest != 0)
            throw new ArgumentException($"{images.Length} numbers are not images of {length}.", nameof(images));
        if (logits.Length != count * Classes)
            throw new ArgumentException(
                $"{count} images have {count * Classes} logits, but there is room for {logits.Length}.", nameof(logits));
        var step = oneByOne ? 1 : count;
        for (var first = 0; first < count; first += step)
            RunBatch(step, images.Slice(first * length, step * length), logits.Slice(first * Classes, step * Classes));
    }

    private void RunBatch(int count, ReadOnlySpan<float> images, Span<float> logits)
    {
        if (batch?.Logits.Length != logits.Length)
        {
            batch?.Dispose();
            long[] shape = [count, .. InputShape.Select(size => (long)size)];
            batch = new(new float[images.Length], shape, new float[logits.Length], [count, Classes]);
        }
        images.CopyTo(batch.Images);
        try
        {
            session.Run(options, session.InputNames, batch.Inputs, session.OutputNames, batch.Outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw new UserException($"ONNX Runtime failed with {count} images: {Reason(e)}", e);
        }
        batch.Logits.CopyTo(logits);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        batch?.Dispose();
        options.Dispose();
        session.Dispose();
    }

    /// <summary>What the file says; a batch that is not above 0 may have any size.</summary>
    private static (IReadOnlyList<int> Image, int Classes, int Batch)? Describe(InferenceSession session) =>
        session.InputNames is [var input] && session.OutputNames is [var output]
        && Floats(session.InputMetadata[input]) is [var batch, > 0, > 0, > 0] image
        && Floats(session.OutputMetadata[output]) is [var answers, > 0 and var classes]
            ? (image[1..], classes, Math.Max(batch, answers))
            : null;

    private static int[]? Floats(NodeMetadata node) => node.IsTensor && node.ElementType == typeof(float) ? node.Dimensions : null;

    /// <summary>The runtime's message on one line, without its error code.</summary>
    private static string Reason(OnnxRuntimeException e)
    {
        const StringSplitOptions options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var text = string.Join("; ", e.Message[(e.Message.IndexOf(']') + 1)..].Split('\n', options));
        return text.Length > MostLetters ? $"{text[..MostLetters]}..." : text;
    }

    private static (string? Version, string? Defect) LoadRuntime()
    {
        try
        {
            return (OrtEnv.Instance().GetVersionString(), null);
        }
        catch (Exception e) when (e.GetBaseException() is TypeLoadException or BadImageFormatException)
        {
            return (null, e.GetBaseException().Message.Split('\n')[0].Split(". ")[0].TrimEnd('.', '\r'));
        }
    }

    /// <summary>The memory that ONNX Runtime reads images from and writes logits to, pinned until it is disposed.</summary>
    private sealed record Buffers(float[] Images, long[] ImagesShape, float[] Logits, long[] LogitsShape) : IDisposable
    {
        public OrtValue[] Inputs { get; } = [OrtValue.CreateTensorValueFromMemory(Images, ImagesShape)];

        public OrtValue[] Outputs { get; } = [OrtValue.CreateTensorValueFromMemory(Logits, LogitsShape)];

        public void Dispose()
        {
            Inputs[0].Dispose();
            Outputs[0].Dispose();
        }
    }
}
