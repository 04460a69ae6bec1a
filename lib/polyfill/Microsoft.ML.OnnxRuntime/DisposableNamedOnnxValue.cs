using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

public interface IDisposableReadOnlyCollection<T> : IReadOnlyCollection<T>, IReadOnlyList<T>, IDisposable;

internal sealed class DisposableList<T> : List<T>, IDisposableReadOnlyCollection<T> where T : IDisposable
{
    public void Dispose()
    {
        foreach (var item in this)
            item.Dispose();
        Clear();
    }
}

/// <summary>An output. Its tensor is the runtime's own memory, and may be read until <see cref="Dispose()"/>.</summary>
public class DisposableNamedOnnxValue : NamedOnnxValue, IDisposable
{
    readonly OrtValue owner;

    DisposableNamedOnnxValue(string name, TensorBase tensor, OrtValue owner) : base(name, tensor) => this.owner = owner;

    public TensorElementType ElementType => owner.GetTensorTypeAndShape().ElementDataType;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) owner.Dispose();
    }

    internal static DisposableNamedOnnxValue Of(string name, OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Float => Of<float>(name, value),
        TensorElementType.Double => Of<double>(name, value),
        TensorElementType.UInt8 => Of<byte>(name, value),
        TensorElementType.Int8 => Of<sbyte>(name, value),
        TensorElementType.UInt16 => Of<ushort>(name, value),
        TensorElementType.Int16 => Of<short>(name, value),
        TensorElementType.UInt32 => Of<uint>(name, value),
        TensorElementType.Int32 => Of<int>(name, value),
        TensorElementType.UInt64 => Of<ulong>(name, value),
        TensorElementType.Int64 => Of<long>(name, value),
        TensorElementType.Bool => Of<bool>(name, value),
        var other => throw new NotSupportedException($"Tensor of element type: {other} is not supported"),
    };

    static DisposableNamedOnnxValue Of<T>(string name, OrtValue value)
    {
        var dimensions = Array.ConvertAll(value.GetTensorTypeAndShape().Shape, dimension => (int)dimension);
        return new(name, new DenseTensor<T>(new NativeMemory<T>(value).Memory, dimensions), value);
    }

    sealed class NativeMemory<T>(OrtValue owner) : MemoryManager<T>
    {
        public override Span<T> GetSpan() => owner.Data<T>();

        public override unsafe MemoryHandle Pin(int elementIndex = 0) =>
            new(Unsafe.AsPointer(ref MemoryMarshal.GetReference(GetSpan()[elementIndex..])));

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
