using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A tensor with the name of the input that it is for, or of the output that it is.</summary>
public class NamedOnnxValue
{
    internal NamedOnnxValue(string name, object value) => (Name, Value) = (name, value);

    public string Name { get; set; }

    public object Value { get; set; }

    public OnnxValueType ValueType => OnnxValueType.ONNX_TYPE_TENSOR;

    public static NamedOnnxValue CreateFromTensor<T>(string name, Tensor<T> value) => new(name, value);

    /// <summary>The value, where its elements are of this type; otherwise null.</summary>
    public Tensor<T>? AsTensor<T>() => Value as Tensor<T>;

    /// <inheritdoc cref="AsTensor{T}"/>
    public IEnumerable<T>? AsEnumerable<T>() => Value as IEnumerable<T>;

    internal OrtValue ToOrtValue() =>
        Value is TensorBase tensor
            ? tensor.ToOrtValue()
            : throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"NamedOnnxValue '{Name}' does not contain a tensor");
}
