using Microsoft.ML.OnnxRuntime;

namespace DistillKit.Runs.Benchmarks;

/// <summary>The memory that ONNX Runtime reads a batch of images from and writes its logits to, pinned until it is disposed.</summary>
internal sealed class OnnxBatch : IDisposable
{
    private readonly float[] images, logits;

    public OnnxBatch(int count, IReadOnlyList<int> imageShape, int classes)
    {
        Count = count;
        images = new float[count * imageShape[0] * imageShape[1] * imageShape[2]];
        logits = new float[count * classes];
        Inputs = [OrtValue.CreateTensorValueFromMemory(images, [count, .. imageShape.Select(size => (long)size)])];
        Outputs = [OrtValue.CreateTensorValueFromMemory(logits, [count, classes])];
    }

    public int Count { get; }

    public Span<float> Images => images;

    public ReadOnlySpan<float> Logits => logits;

    public OrtValue[] Inputs { get; }

    public OrtValue[] Outputs { get; }

    public void Dispose()
    {
        Inputs[0].Dispose();
        Outputs[0].Dispose();
    }
}
