using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime.Tests;

public sealed class NamedValueTests
{
    static NamedOnnxValue Images(int count) =>
        NamedOnnxValue.CreateFromTensor("images", new DenseTensor<float>(Model.Images(count), [count, Model.Channels, Model.Size, Model.Size]));

    [RuntimeFact]
    public void All_outputs_are_returned_with_their_names()
    {
        using var session = Model.Load("three-outputs");
        using var outputs = session.Run([Images(2)]);
        Assert.Equal(["logits", "means", "labels"], outputs.Select(output => output.Name));
        Model.Equal(Model.Logits(2), outputs[0].AsTensor<float>()!.ToArray());
        Assert.Equal([2, 4], outputs[0].AsTensor<float>()!.Dimensions.ToArray());
        Assert.Equal(Model.Labels(2), outputs[2].AsEnumerable<long>()!);
        Assert.Equal((TensorElementType.Int64, OnnxValueType.ONNX_TYPE_TENSOR), (outputs[2].ElementType, outputs[2].ValueType));
        Assert.Null(outputs[2].AsTensor<float>());
    }

    [RuntimeFact]
    public void Chosen_outputs_are_returned()
    {
        using var session = Model.Load("three-outputs");
        using var outputs = session.Run([Images(1)], ["labels"]);
        Assert.Equal(Model.Labels(1), Assert.Single(outputs).AsTensor<long>()!.ToArray());
    }

    [RuntimeFact]
    public void Mistakes_are_refused()
    {
        using var session = Model.Load("classifier");
        var pictures = NamedOnnxValue.CreateFromTensor("pictures", new DenseTensor<float>([1, 3, 2, 2]));
        Assert.Contains("'pictures'", Assert.Throws<OnnxRuntimeException>(() => session.Run([pictures])).Message);
        Assert.ThrowsAny<Exception>(() => session.Run([NamedOnnxValue.CreateFromTensor("images", new DenseTensor<int>([1, 3, 2, 2]))]));
    }

    [RuntimeFact]
    public void A_tensor_in_the_other_order_is_refused()
    {
        using var session = Model.Load("classifier");
        var reversed = new DenseTensor<float>([2, Model.Channels, Model.Size, Model.Size], reverseStride: true);
        Assert.Equal([1, 2, 6, 12], reversed.Strides.ToArray());
        Assert.Throws<NotSupportedException>(() => session.Run([NamedOnnxValue.CreateFromTensor("images", reversed)]));
    }

    [Fact]
    public void A_dense_tensor_keeps_its_elements_in_row_major_order()
    {
        var tensor = new DenseTensor<int>(Enumerable.Range(0, 6).ToArray(), [2, 3]);
        Assert.Equal((6, 2, 5, 1), (tensor.Length, tensor.Rank, tensor[1, 2], tensor.GetValue(1)));
        tensor[0, 1] = 9;
        Assert.Equal([0, 9, 2, 3, 4, 5], tensor.Buffer.ToArray());
        Assert.Equal([3, 1], tensor.Strides.ToArray());
        Assert.Throws<ArgumentException>(() => new DenseTensor<int>(new int[5], [2, 3]));
    }
}
