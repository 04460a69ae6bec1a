using System.Collections;

namespace Microsoft.ML.OnnxRuntime.Tensors;

public abstract class TensorBase
{
    internal TensorBase() { }

    internal abstract OrtValue ToOrtValue();
}

public abstract class Tensor<T> : TensorBase, IReadOnlyList<T>
{
    readonly int[] dimensions, strides;

    internal Tensor(ReadOnlySpan<int> dimensions, bool reverseStride)
    {
        this.dimensions = dimensions.ToArray();
        strides = new int[dimensions.Length];
        IsReversedStride = reverseStride;
        var length = 1;
        for (var i = 0; i < strides.Length; i++)
        {
            var axis = reverseStride ? i : strides.Length - 1 - i;
            ArgumentOutOfRangeException.ThrowIfNegative(dimensions[axis], nameof(dimensions));
            strides[axis] = length;
            length = checked(length * dimensions[axis]);
        }
        Length = length;
    }

    public long Length { get; }

    public int Rank => dimensions.Length;

    /// <summary>Is the first axis the one whose elements lie side by side, and not the last?</summary>
    public bool IsReversedStride { get; }

    public ReadOnlySpan<int> Dimensions => dimensions;

    public ReadOnlySpan<int> Strides => strides;

    public virtual T this[params int[] indices]
    {
        get => this[(ReadOnlySpan<int>)indices];
        set => this[(ReadOnlySpan<int>)indices] = value;
    }

    public virtual T this[ReadOnlySpan<int> indices]
    {
        get => GetValue(Index(indices));
        set => SetValue(Index(indices), value);
    }

    /// <summary>The element at a place in memory.</summary>
    public abstract T GetValue(int index);

    /// <inheritdoc cref="GetValue"/>
    public abstract void SetValue(int index, T value);

    int IReadOnlyCollection<T>.Count => (int)Length;

    T IReadOnlyList<T>.this[int index] => GetValue(index);

    IEnumerator<T> IEnumerable<T>.GetEnumerator()
    {
        for (var i = 0; i < Length; i++)
            yield return GetValue(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)this).GetEnumerator();

    int Index(ReadOnlySpan<int> indices)
    {
        if (indices.Length != Rank)
            throw new ArgumentOutOfRangeException(nameof(indices));
        var index = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)dimensions[i])
                throw new IndexOutOfRangeException();
            index += indices[i] * strides[i];
        }
        return index;
    }
}
