namespace DistillKit.Runs.Benchmarks;

/// <summary>Copies of a deployed model, each with a thread and a share of the images.</summary>
internal sealed class ModelCopies(IReadOnlyList<IDeployedModel> copies) : IDeployedModel
{
    private float[] images = [];
    private float[] logits = [];

    public string Runtime => copies[0].Runtime;

    public int Classes => copies[0].Classes;

    public IReadOnlyList<int> InputShape => copies[0].InputShape;

    public IReadOnlyDictionary<string, string> Metadata => copies[0].Metadata;

    public void Run(ReadOnlySpan<float> images, Span<float> logits)
    {
        var count = logits.Length / Classes;
        if (count < copies.Count)
        {
            copies[0].Run(images, logits);
            return;
        }
        // Threads cannot share spans.
        if (this.images.Length != images.Length) this.images = new float[images.Length];
        if (this.logits.Length != logits.Length) this.logits = new float[logits.Length];
        images.CopyTo(this.images);
        Parallel.For(0, copies.Count, new() { MaxDegreeOfParallelism = copies.Count }, thread =>
        {
            var (first, end) = (count * thread / copies.Count, count * (thread + 1) / copies.Count);
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
