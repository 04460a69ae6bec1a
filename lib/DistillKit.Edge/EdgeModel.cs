using DistillKit.Edge.Fusion;

namespace DistillKit.Edge;

/// <summary>An image classifier from an ONNX file, ready to run: float, statically quantized (QDQ), mixed, or dynamically quantized.
/// Quantized layers run in integers. One thread at a time may use a model; load the file once for each thread that classifies on its
/// own.</summary>
public sealed unsafe class EdgeModel : IDisposable
{
    private readonly ExecutableNetwork network;
    private readonly WeightStream weights;
    private readonly NativeBuffer arena;
    private readonly Workers workers;
    private readonly int chunk;
    private int isBusy;
    private bool isDisposed;

    private EdgeModel(ReadOnlyMemory<byte> file, EdgeOptions options)
    {
        if (options.Threads is < 1 or > 256)
            throw new EdgeException($"{options.Threads} threads are asked for. Give a number from 1 to 256.");
        var kernels = KernelSets.Named(options.InstructionSet);
        var graph = ModelReader.Read(file);
        network = Fuser.Fuse(kernels, NetworkBuilder.Build(graph));
        (InstructionSet, Metadata, Classes) = (kernels.Name, graph.Metadata, network.Logits.Shape.Elements);
        InputShape = [network.Images.Shape.Channels, network.Images.Shape.Height, network.Images.Shape.Width];
        MultiplyAccumulates = network.Operators.Sum(operation => operation.MultiplyAccumulates);
        weights = new([.. network.Operators.Select(operation => operation.Convolution).OfType<ConvolutionKernel>()]);
        chunk = Arena.Chunk(network);
        arena = Arena.Allocate(network, chunk);
        workers = new(options.Threads);
    }

    /// <summary>The names of the instruction sets that this machine can run, best first.</summary>
    public static IReadOnlyList<string> InstructionSets => [.. KernelSets.Supported.Select(set => set.Name)];

    /// <summary>[channels, height, width]</summary>
    public IReadOnlyList<int> InputShape { get; }

    /// <summary>The length of one image's logits.</summary>
    public int Classes { get; }

    /// <summary>The instruction set in use.</summary>
    public string InstructionSet { get; }

    /// <summary>What the file says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Of convolutions and linear layers, for one image.</summary>
    public long MultiplyAccumulates { get; }

    /// <summary>Loads an ONNX file.</summary>
    /// <exception cref="EdgeException">The file cannot be read, is damaged, or has parts that this engine does not know.</exception>
    public static EdgeModel Load(string path, EdgeOptions? options = null) => new(ModelReader.ReadFile(path), options ?? new());

    /// <summary>Loads the content of an ONNX file.</summary>
    /// <exception cref="EdgeException">It is damaged, or has parts that this engine does not know.</exception>
    public static EdgeModel Load(ReadOnlySpan<byte> file, EdgeOptions? options = null) => new(file.ToArray(), options ?? new());

    /// <summary>Classifies images. Allocates nothing.</summary>
    /// <param name="images">[N, channels, height, width], any N from 1.</param>
    /// <param name="logits">[N, classes], filled.</param>
    /// <exception cref="EdgeException">The lengths do not fit the model, or the model is running on another thread.</exception>
    public void Run(ReadOnlySpan<float> images, Span<float> logits) => Run(images, logits, []);

    /// <summary>Runs several times and says where the time went.</summary>
    /// <returns>The operators in the order in which they run.</returns>
    /// <exception cref="EdgeException">As <see cref="Run(ReadOnlySpan{float}, Span{float})"/>.</exception>
    public IReadOnlyList<OperatorProfile> Profile(ReadOnlySpan<float> images, int repetitions = 100)
    {
        if (repetitions < 1)
            throw new EdgeException($"A profile of {repetitions} repetitions is asked for. Give at least 1.");
        var logits = new float[images.Length / network.Images.Shape.Elements * Classes];
        var runs = new List<long[]>();
        while (runs.Count < repetitions)
        {
            runs.Add(new long[network.Operators.Count]);
            Run(images, logits, runs[^1]);
        }
        return [.. network.Operators.Select((operation, i) => new OperatorProfile(
            operation.Name, operation.Kind, operation.Output.Shape.ToString(), operation.MultiplyAccumulates,
            Stopwatch.GetElapsedTime(0, runs.Select(ticks => ticks[i]).Order().ElementAt(repetitions / 2))))];
    }

    /// <summary>Frees the native memory and ends the threads.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isBusy, 1) != 0)
            return;
        isDisposed = true;
        workers.Dispose();
        foreach (var operation in network.Operators)
            operation.Dispose();
        weights.Dispose();
        arena.Dispose();
    }

    /// <param name="ticks">To which the time of each operator is added; empty where nobody asks.</param>
    private void Run(ReadOnlySpan<float> images, Span<float> logits, Span<long> ticks)
    {
        var (imageLength, count) = (network.Images.Shape.Elements, logits.Length / Classes);
        if (count < 1 || logits.Length % Classes != 0 || images.Length != (long)count * imageLength)
            throw new EdgeException($"{images.Length} floats of images and {logits.Length} of logits do not fit this model: "
                + $"give N x {string.Join(" x ", InputShape)} and N x {Classes}.");
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Interlocked.Exchange(ref isBusy, 1) != 0)
            throw new EdgeException("This model is running on another thread. Load the file once for each thread.");
        try
        {
            workers.Open();
            fixed (float* input = images)
                for (var first = 0; first < count; first += chunk)
                {
                    var size = Math.Min(chunk, count - first);
                    network.Images.Address = (byte*)(input + (long)first * imageLength);
                    for (var i = 0; i < network.Operators.Count; i++)
                    {
                        var start = ticks.IsEmpty ? 0 : Stopwatch.GetTimestamp();
                        network.Operators[i].Execute(workers, size);
                        if (!ticks.IsEmpty)
                            ticks[i] += Stopwatch.GetTimestamp() - start;
                    }
                    new ReadOnlySpan<float>(network.Logits.Address, size * Classes).CopyTo(logits[(first * Classes)..]);
                }
        }
        finally
        {
            workers.Close();
            Volatile.Write(ref isBusy, 0);
        }
    }
}

/// <summary>How to run a model.</summary>
public sealed record EdgeOptions
{
    /// <summary>Threads that share the work of one run, the calling thread included. The results do not depend on it, to the bit.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The name of an instruction set (<see cref="EdgeModel.InstructionSets"/>); null for the best of this machine.</summary>
    public string? InstructionSet { get; init; }
}

/// <summary>Where the time of a run went: one operator.</summary>
/// <param name="Name">The name of the file's node.</param>
/// <param name="Kind">What it does, and in which numbers: <c>depthwise 3x3/2, int8</c>.</param>
/// <param name="Shape">The shape of its result for one image: <c>[96, 16, 16]</c>.</param>
/// <param name="MultiplyAccumulates">For one image.</param>
/// <param name="Time">For all images, the median of the repetitions.</param>
public sealed record OperatorProfile(string Name, string Kind, string Shape, long MultiplyAccumulates, TimeSpan Time);

/// <summary>A file, input or option that this engine cannot use. The message is one line: what is wrong, and what to do about it.</summary>
public sealed class EdgeException(string message, Exception? inner = null) : Exception(message, inner);
