using Microsoft.ML.OnnxRuntime.Interop;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

public struct OrtTensorTypeAndShapeInfo
{
    internal unsafe OrtTensorTypeAndShapeInfo(nint info)
    {
        ElementDataType = (TensorElementType)Api.Get(Function.GetTensorElementType, info);
        Shape = new long[Api.Get(Function.GetDimensionsCount, info)];
        fixed (long* dimensions = Shape)
            Api.Call(Function.GetDimensions, info, (nint)dimensions, Shape.Length);
    }

    public TensorElementType ElementDataType { get; }

    public bool IsString => ElementDataType == TensorElementType.String;

    public long ElementCount => Count(Shape);

    public int DimensionsCount => Shape.Length;

    /// <summary>A dimension without a fixed size is -1.</summary>
    public long[] Shape { get; }

    internal static long Count(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
                throw new OnnxRuntimeException(ErrorCode.InvalidArgument, "Shape must not have negative elements: " + dimension);
            count = checked(count * dimension);
        }
        return count;
    }
}
