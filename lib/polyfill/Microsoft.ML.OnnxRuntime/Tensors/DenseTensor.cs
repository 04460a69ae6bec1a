namespace Microsoft.ML.OnnxRuntime.Tensors;

/// <summary>A tensor over memory without gaps.</summary>
public class DenseTensor<T> : Tensor<T>
{
    public DenseTensor(ReadOnlySpan<int> dimensions, bool reverseStride = false) : base(dimensions, reverseStride) => Buffer = new T[Length];

    public DenseTensor(Memory<T> memory, ReadOnlySpan<int> dimensions, bool reverseStride = false) : base(dimensions, reverseStride)
    {
        if (memory.Length != Length)
            throw new ArgumentException($"Length of memory ({memory.Length}) must match product of dimensions ({Length}).");
        Buffer = memory;
    }

    public Memory<T> Buffer { get; }

    public override T GetValue(int index) => Buffer.Span[index];

    public override void SetValue(int index, T value) => Buffer.Span[index] = value;

    internal override OrtValue ToOrtValue()
    {
        if (IsReversedStride) throw new NotSupportedException("Tensor of reverseStride is not supported");
        return OrtValue.Pin(OrtMemoryInfo.DefaultInstance, Buffer, Array.ConvertAll(Dimensions.ToArray(), dimension => (long)dimension));
    }
}
