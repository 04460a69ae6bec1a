using DistillKit.Edge;

namespace DistillKit.Runs.Benchmarks;

/// <summary>An ONNX file in DistillKit.Edge. Each thread has a copy of the model and a share of the batch.</summary>
internal sealed class EdgeRuntimeModel : IDeployedModel
{
    private readonly EdgeModel[] copies;
    private float[] images = [];
    private float[] logits = [];

    public EdgeRuntimeModel(string path, int threads)
    {
        if (threads < 1) throw new UserException($"Edge needs at least 1 thread, but {threads} were asked for.");
        try
        {
            copies = [.. Enumerable.Range(0, threads).Select(_ => EdgeModel.Load(path))];
        }
        catch (EdgeException error)
        {
            throw new UserException($"{path}: {error.Message}", error);
        }
    }

    public string Runtime => $"Edge {copies[0].InstructionSet}";

    public int Classes => copies[0].Classes;

    public IReadOnlyList<int> InputShape => copies[0].InputShape;

    public IReadOnlyDictionary<string, string> Metadata => copies[0].Metadata;

    public void Run(ReadOnlySpan<float> images, Span<float> logits)
    {
        var count = logits.Length / Classes;
        if (copies.Length == 1 || count < copies.Length)
        {
            copies[0].Run(images, logits);
            return;
        }
        // Threads cannot share spans.
        if (this.images.Length != images.Length) this.images = new float[images.Length];
        if (this.logits.Length != logits.Length) this.logits = new float[logits.Length];
        images.CopyTo(this.images);
        Parallel.For(0, copies.Length, new() { MaxDegreeOfParallelism = copies.Length }, thread =>
        {
            var (first, end) = (count * thread / copies.Length, count * (thread + 1) / copies.Length);
            var length = this.images.Length / count;
            var share = this.images.AsSpan(first * length, (end - first) * length);
            copies[thread].Run(share, this.logits.AsSpan(first * Classes, (end - first) * Classes));
        });
        this.logits.CopyTo(logits);
    }

    public void Dispose()
    {
        foreach (var copy in copies) copy.Dispose();
    }
}
