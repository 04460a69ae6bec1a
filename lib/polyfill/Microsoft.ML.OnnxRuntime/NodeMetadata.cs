using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Interop;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Type and shape of an input or output.</summary>
public class NodeMetadata
{
    readonly OrtTensorTypeAndShapeInfo tensor;

    internal unsafe NodeMetadata(nint name, nint typeInfo)
    {
        Name = name;
        OnnxValueType = (OnnxValueType)Api.Get(Function.GetOnnxTypeFromTypeInfo, typeInfo);
        if (!IsTensor) return;
        var info = Api.Get(Function.CastTypeInfoToTensorInfo, typeInfo);
        tensor = new(info);
        var pointers = new nint[tensor.DimensionsCount];
        fixed (nint* first = pointers)
            Api.Call(Function.GetSymbolicDimensions, info, (nint)first, pointers.Length);
        SymbolicDimensions = [.. pointers.Select(symbol => Marshal.PtrToStringUTF8(symbol) ?? "")];
    }

    /// <summary>The zero-terminated name, owned by the session.</summary>
    internal nint Name { get; }

    public OnnxValueType OnnxValueType { get; }

    public bool IsTensor => OnnxValueType is OnnxValueType.ONNX_TYPE_TENSOR or OnnxValueType.ONNX_TYPE_SPARSETENSOR;

    public bool IsString => Tensor.IsString;

    /// <summary>A dimension without a fixed size is -1; its name is in <see cref="SymbolicDimensions"/>.</summary>
    public int[] Dimensions => Array.ConvertAll(Tensor.Shape, dimension => (int)dimension);

    public string[] SymbolicDimensions { get; } = [];

    public TensorElementType ElementDataType => Tensor.ElementDataType;

    public Type ElementType => ElementTypes.Of(Tensor.ElementDataType).Type;

    OrtTensorTypeAndShapeInfo Tensor =>
        IsTensor ? tensor : throw new OnnxRuntimeException(ErrorCode.Fail, "OnnxValueType must either be a tensor or sparse tensor");
}
