using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

[Collection(GlobalGeneratorCollection.Name)]
public sealed class TensorTests
{
    [Fact]
    public void Arithmetic_broadcasts_and_keeps_the_shape()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        var y = (x * 2 + 1 - tensor(new float[] { 1, 1, 1 })) / 2;
        Assert.Equal([2, 3], y.shape);
        Assert.Equal(new float[] { 1, 2, 3, 4, 5, 6 }, y.data<float>().ToArray());
        Assert.Equal(new float[] { 9, 8, 7, 6, 5, 4 }, (10 - x).data<float>().ToArray());
    }

    [Fact]
    public void Gradients_flow_through_a_composed_function()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 2, 3 }, requires_grad: true);
        (x.pow(3).sum() * 2).backward();
        Assert.Equal(new double[] { 6, 24, 54 }, x.grad!.data<double>().ToArray());
        var second = autograd.grad([x.pow(2).sum()], [x])[0];
        Assert.Equal(new double[] { 2, 4, 6 }, second.data<double>().ToArray());
    }

    [Fact]
    public void No_grad_and_inference_mode_end_with_their_block()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad()) Assert.False((x * 2).requires_grad);
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False((x * 2).requires_grad);
        }
        Assert.False(is_inference_mode_enabled());
        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void Indexing_by_number_slice_ellipsis_and_tensor_matches_the_elements()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);
        Assert.Equal(23L, x[1, 2, 3].item<long>());
        Assert.Equal(new long[] { 4, 5, 6, 7 }, x[0, 1].data<long>().ToArray());
        Assert.Equal(new long[] { 1, 5, 9, 13, 17, 21 }, x[TensorIndex.Ellipsis, TensorIndex.Single(1)].data<long>().ToArray());
        Assert.Equal(new long[] { 12, 14, 16, 18, 20, 22 }, x[TensorIndex.Single(1), TensorIndex.Colon, TensorIndex.Slice(step: 2)].data<long>().ToArray());
        var rows = tensor(new long[] { 2, 0 });
        Assert.Equal(new long[] { 8, 0 }, x[TensorIndex.Single(0), TensorIndex.Tensor(rows), TensorIndex.Single(0)].data<long>().ToArray());
        x[TensorIndex.Colon, TensorIndex.Single(0)] = zeros(2, 4, int64);
        Assert.Equal(0L, x[TensorIndex.Colon, TensorIndex.Single(0)].sum().item<long>());
    }

    [Fact]
    public void A_strided_view_reads_and_writes_in_row_major_order()
    {
        using var scope = NewDisposeScope();
        var x = arange(6, float32).reshape(2, 3);
        var view = x.transpose(0, 1);
        Assert.False(view.is_contiguous());
        Assert.Equal(new float[] { 0, 3, 1, 4, 2, 5 }, view.data<float>().ToArray());
        view.data<float>().CopyFrom(new float[] { 10, 20 });
        Assert.Equal(10, x[0, 0].item<float>());
        Assert.Equal(20, x[1, 0].item<float>());
        Assert.Throws<InvalidOperationException>(() => view.bytes.Length);
    }

    [Fact]
    public void Failures_arrive_with_the_operator_and_the_message_of_libtorch()
    {
        using var scope = NewDisposeScope();
        var failure = Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(2, 3)));
        Assert.StartsWith("mm: ", failure.Message);
        Assert.Contains("cannot be multiplied", failure.Message);
        Assert.Throws<ArgumentException>(() => ones(2, 3).item<float>());
        Assert.Throws<ArgumentException>(() => ones(1).item<double>());
    }

    [Fact]
    public void A_disposed_tensor_refuses_use()
    {
        var x = ones(2);
        x.Dispose();
        Assert.True(x.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => x.sum());
    }

    [Fact]
    public void A_scope_disposes_its_own_and_spares_what_moved_out()
    {
        Tensor kept, lost, free;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                lost = ones(1);
                kept = ones(1).MoveToOuterDisposeScope();
                free = ones(1).DetachFromDisposeScope();
                Assert.Equal(1, inner.DisposablesCount);
            }
            Assert.True(lost.IsInvalid);
            Assert.False(kept.IsInvalid);
        }
        Assert.True(kept.IsInvalid);
        Assert.False(free.IsInvalid);
        free.Dispose();
    }

    [Fact]
    public void The_same_seed_draws_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var first = randn(5);
        manual_seed(7);
        Assert.True(first.Equals(randn(5)));
        using var a = new Generator(3);
        using var b = new Generator(3);
        Assert.True(randperm(10, generator: a).Equals(randperm(10, generator: b)));
        var state = a.get_state();
        var next = rand(4, generator: a);
        a.set_state(state);
        Assert.True(next.Equals(rand(4, generator: a)));
    }

    [Fact]
    public void Sorting_and_reducing_return_values_and_indices()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 3, 1, 2 }, { 6, 5, 4 } });
        var (values, indices) = x.topk(2);
        Assert.Equal(new float[] { 3, 2, 6, 5 }, values.data<float>().ToArray());
        Assert.Equal(new long[] { 0, 2, 0, 1 }, indices.data<long>().ToArray());
        Assert.Equal(new float[] { 3, 6 }, x.amax(1).data<float>().ToArray());
        Assert.Equal(new long[] { 1, 2 }, x.argmin(1).data<long>().ToArray());
        Assert.Equal(21f, x.sum().item<float>());
        Assert.Equal(0.6652409557748219, x[0].softmax(0)[0].ToDouble(), 6);
    }

    [Fact]
    public void Arrays_of_every_rank_become_tensors_of_their_type()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1 }).dtype);
        Assert.Equal(ScalarType.Float64, tensor(1.5).dtype);
        Assert.Equal(ScalarType.Float32, tensor(new double[] { 1 }, dtype: float32).dtype);
        Assert.Equal([2, 1, 3], from_array(new int[2, 1, 3]).shape);
        Assert.Throws<ArgumentException>(() => tensor(new float[] { 1, 2 }, [3]));
    }
}
