using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the elements of a CPU tensor in row-major order, whatever its strides.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor _tensor;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU) throw torch.Tensor.NotOnCpu();
        _tensor = tensor.alias().DetachFromDisposeScope();
    }

    public long Count => _tensor.numel();
    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => _tensor.ElementAt<T>(Offset(indices));
        set => _tensor.ElementAt<T>(Offset(indices)) = value;
    }

    public T[] ToArray()
    {
        using var row = _tensor.detach();
        using var packed = row.contiguous();
        return packed.Elements<T>().ToArray();
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);
    public void CopyTo(Span<T> array, int arrayIndex = 0,
        long tensorIndex = 0) => ToArray().AsSpan((int)tensorIndex).CopyTo(array[arrayIndex..]);

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_tensor.is_contiguous())
        {
            array.Slice(arrayIndex, count).CopyTo(_tensor.Elements<T>()[(int)tensorIndex..]);
            return;
        }
        var (shape, stride) = (_tensor.shape, _tensor.stride());
        for (var i = 0; i < count; i++) _tensor.ElementAt<T>(OffsetOf(tensorIndex + i, shape, stride)) = array[arrayIndex + i];
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() => _tensor.Dispose();

    private long Offset(long[] indices)
    {
        var (shape, stride) = (_tensor.shape, _tensor.stride());
        if (indices.Length != shape.Length) throw new ArgumentException($"{shape.Length} indices expected, {indices.Length} given");
        long offset = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= shape[i]) throw new IndexOutOfRangeException();
            offset += indices[i] * stride[i];
        }
        return offset;
    }

    private static long OffsetOf(long position, long[] shape, long[] stride)
    {
        long offset = 0;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            offset += position % shape[i] * stride[i];
            position /= shape[i];
        }
        return offset;
    }
}
