using System.Buffers;
using Microsoft.ML.OnnxRuntime.Interop;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A tensor: one that a run made, or one over memory of ours, which stays pinned until <see cref="Dispose()"/>.</summary>
public class OrtValue : IDisposable
{
    readonly MemoryHandle pin;
    nint handle;
    OrtTensorTypeAndShapeInfo? type;

    internal OrtValue(nint handle)
    {
        this.handle = handle;
        OnnxType = (OnnxValueType)Api.Get(Function.GetValueType, handle);
    }

    OrtValue(nint handle, MemoryHandle pin)
    {
        (this.handle, this.pin) = (handle, pin);
        OnnxType = OnnxValueType.ONNX_TYPE_TENSOR;
    }

    ~OrtValue() => Dispose(false);

    public OnnxValueType OnnxType { get; }

    public bool IsTensor => OnnxType == OnnxValueType.ONNX_TYPE_TENSOR;

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    public static OrtValue CreateTensorValueFromMemory<T>(T[] data, long[] shape) where T : unmanaged =>
        Pin(OrtMemoryInfo.DefaultInstance, new Memory<T>(data), shape);

    public static OrtValue CreateTensorValueFromMemory<T>(OrtMemoryInfo memoryInfo, Memory<T> memory, long[] shape) where T : unmanaged =>
        Pin(memoryInfo, memory, shape);

    internal static unsafe OrtValue Pin<T>(OrtMemoryInfo memoryInfo, Memory<T> memory, long[] shape)
    {
        var (element, size) = ElementTypes.Of(typeof(T));
        var count = OrtTensorTypeAndShapeInfo.Count(shape);
        if (count > memory.Length)
            throw new OnnxRuntimeException(
                ErrorCode.InvalidArgument, $"Managed memory size: {memory.Length} elements is less than shape size: {count} elements");
        var pin = memory.Pin();
        try
        {
            nint value = 0;
            fixed (long* dimensions = shape)
                Api.Call(Function.CreateTensorWithDataAsOrtValue, memoryInfo.Handle, (nint)pin.Pointer, (nint)memory.Length * size,
                    (nint)dimensions, shape.Length, (nint)element, (nint)(&value));
            return new(value, pin);
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    public ReadOnlySpan<T> GetTensorDataAsSpan<T>() where T : unmanaged => Data<T>();

    public Span<T> GetTensorMutableDataAsSpan<T>() where T : unmanaged => Data<T>();

    public OrtTensorTypeAndShapeInfo GetTensorTypeAndShape()
    {
        if (!IsTensor)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"This OrtValue type contains: {OnnxType}, not a tensor");
        if (type is { } known)
            return known;
        var info = Api.Get(Function.GetTensorTypeAndShape, Handle);
        try
        {
            type = new(info);
            return type.Value;
        }
        finally
        {
            Api.Release(Function.ReleaseTensorTypeAndShapeInfo, info);
        }
    }

    // Bytes may be had of every type.
    internal unsafe Span<T> Data<T>()
    {
        var info = GetTensorTypeAndShape();
        if (info.IsString)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, "Strings are not supported by this API");
        var (type, size) = ElementTypes.Of(info.ElementDataType);
        if (typeof(T) != type && typeof(T) != typeof(byte))
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Requested type: {typeof(T)} does not match the actual type: {type}");
        var count = checked((int)(typeof(T) == type ? info.ElementCount : info.ElementCount * size));
        return count == 0 ? [] : new((void*)Api.Get(Function.GetTensorMutableData, Handle), count);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (handle == 0) return;
        Api.Release(Function.ReleaseValue, handle);
        handle = 0;
        pin.Dispose();
    }
}
