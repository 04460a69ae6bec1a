using DistillKit.Edge.Tests.Models;
using DistillKit.Graphs.Onnx;
using Google.Protobuf;

namespace DistillKit.Edge.Tests;

/// <summary>Files that say the same in another way than our own exporter, or that mix what can be fused with what cannot.</summary>
public sealed class VariationTests
{
    private const int Classes = 5;

    private readonly TestNetwork source = new(3, 7, 6, 7);
    private readonly ModelBuilder builder = new(3, 7, 6);

    [Fact]
    public void Zero_points_may_be_left_out()
    {
        var image = builder.Node("Relu", "positive", ["images"]);
        var rounded = Rounded(image, 0.02f);
        AssertRight(Head(builder.Node("Conv", "conv", [rounded, Weights("w", [8, 3, 3, 3], axis: 0)], ("pads", new[] { 1, 1, 1, 1 }),
            ("group", 1), ("strides", new[] { 1, 1 }))), "convolution 3x3, int8");
    }

    [Fact]
    public void Initializers_may_be_named_among_the_inputs()
    {
        var model = Head("images");
        model.Graph.Input.Add(new ValueInfoProto { Name = "head_w" });
        AssertRight(model);
    }

    [Fact]
    public void Linear_layers_may_be_matrix_products_with_a_bias_added()
    {
        var flat = Flat("images");
        var product = builder.Node("MatMul", "product", [flat, builder.Constant("w", source.Images(1)[..(3 * Classes)], 3, Classes)]);
        AssertRight(builder.Build(builder.Node("Add", "sum", [builder.Constant("b", [1f, 2, 3, 4, 5], Classes), product]), Classes));
    }

    [Fact]
    public void Linear_weights_may_be_quantized_the_other_way_round()
    {
        var flat = Rounded(Flat("images"), 0.01f, 100);
        var weights = Weights("w", [3, Classes], axis: 1);
        AssertRight(builder.Build(builder.Node("Gemm", "logits", [flat, weights, builder.Constant("b", new float[Classes], Classes)],
            ("transB", 0)), Classes), "linear, int8");
    }

    [Fact]
    public void Unsigned_weights_around_128_run_in_integers()
    {
        byte[] integers = [.. Enumerable.Range(0, 24).Select(i => (byte)(i * 37))];
        var weights = builder.Node("DequantizeLinear", "w",
            [builder.Constant("w_q", integers, 8, 3, 1, 1), builder.Constant("w_s", [0.01f]), builder.Constant("w_z", [(byte)128])]);
        AssertRight(Head(Convolution(Rounded("images", 0.03f, 120), weights)), "convolution 1x1, int8");
    }

    [Fact]
    public void Weights_with_other_zero_points_run_in_float()
    {
        sbyte[] integers = [.. Enumerable.Range(0, 24).Select(i => (sbyte)(i * 37))];
        var weights = builder.Node("DequantizeLinear", "w",
            [builder.Constant("w_q", integers, 8, 3, 1, 1), builder.Constant("w_s", [0.01f]), builder.Constant("w_z", [(sbyte)5])]);
        AssertRight(Head(Convolution(Rounded("images", 0.03f, 120), weights)), "convolution 1x1, float");
    }

    [Fact]
    public void Quantized_weights_with_float_inputs_run_in_float() =>
        AssertRight(Head(Convolution("images", Weights("w", [8, 3, 1, 1], axis: 0))), "convolution 1x1, float");

    [Fact]
    public void An_activation_function_after_rounding_runs_in_integers()
    {
        var rounded = Rounded(Convolution(Rounded("images", 0.03f, 120), Weights("w", [8, 3, 1, 1], axis: 0)), 0.02f, 90);
        var clipped = builder.Node("Clip", "clip",
            [builder.Node("Relu", "relu", [rounded]), builder.Constant("least", [0f]), builder.Constant("greatest", [1.013f])]);
        AssertRight(Head(Rounded(clipped, 0.02f, 90)), "clamp, int8");
    }

    [Fact]
    public void Limits_between_two_steps_of_the_grid_are_kept()
    {
        var rounded = Rounded(Convolution(Rounded("images", 0.03f, 120), Weights("w", [8, 3, 1, 1], axis: 0)), 0.02f, 90);
        AssertRight(Head(builder.Node("Clip", "clip",
            [rounded, builder.Constant("least", [-0.511f]), builder.Constant("greatest", [1.013f])])), "clamp, float");
    }

    [Fact]
    public void Pooling_without_rounding_keeps_the_grid()
    {
        var pool = builder.Node("MaxPool", "pool", [Rounded("images", 0.03f, 120)], ("kernel_shape", new[] { 3, 2 }),
            ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 0, 0, 1 }));
        AssertRight(Head(Convolution(pool, Weights("w", [8, 3, 1, 1], axis: 0))), "max pool, int8");
    }

    [Fact]
    public void Rounding_again_to_another_grid_is_done_again() =>
        AssertRight(Head(Rounded(Rounded("images", 0.03f, 120), 0.05f, 100)), "quantize");

    [Fact]
    public void A_constant_that_no_layer_takes_over_is_added()
    {
        var relu = builder.Node("Relu", "relu", ["images"]);
        AssertRight(Head(builder.Node("Add", "sum", [builder.Constant("c", [1f, -2, 3], 1, 3, 1, 1), relu])));
    }

    [Fact]
    public void A_bias_may_follow_as_a_sum()
    {
        var convolution = Convolution("images", builder.Constant("w", source.Images(1)[..24], 8, 3, 1, 1));
        AssertRight(Head(builder.Node("Relu", "relu",
            [builder.Node("Add", "sum", [convolution, builder.Constant("c", source.Images(1)[..8], 8, 1, 1)])])));
    }

    [Fact]
    public void A_value_that_is_its_own_sum_or_read_twice_is_right()
    {
        var rounded = Rounded("images", 0.03f, 120);
        var twice = Rounded(builder.Node("Add", "twice", [rounded, rounded]), 0.06f, 120);
        AssertRight(Head(builder.Node("Identity", "same", [builder.Node("Add", "thrice", [twice, "images"])])), "add, int8", "add, float");
    }

    [Fact]
    public void Nodes_that_the_output_does_not_need_are_left_out()
    {
        Convolution("images", builder.Constant("w", new float[24], 8, 3, 1, 1));
        using var model = EdgeModel.Load(Head("images").ToByteArray());
        Assert.DoesNotContain(model.Profile(source.Images(1), 1), operation => operation.Name == "w_conv");
    }

    [Fact]
    public void A_bias_too_large_for_integers_is_added_in_float()
    {
        var conv = builder.Node("Conv", "conv",
            [Rounded("images", 0.03f, 120), Weights("w", [8, 3, 1, 1], axis: 0), builder.Constant("b", [1e6f, 1, 2, 3, 4, 5, 6, 7], 8)],
            ("pads", new[] { 0, 0, 0, 0 }), ("group", 1), ("strides", new[] { 1, 1 }));
        AssertRight(Head(Rounded(conv, 1e5f, 3)), "convolution 1x1, int8", "quantize");
    }

    private string Rounded(string name, float scale, byte? zeroPoint = null)
    {
        string[] parameters = [builder.Constant($"{name}_scale", [scale]), .. zeroPoint is { } zero
            ? [builder.Constant($"{name}_zero", [zero])] : Array.Empty<string>()];
        builder.Node("QuantizeLinear", $"{name}_q", [name, .. parameters]);
        return builder.Node("DequantizeLinear", $"{name}_dq", [$"{name}_q", .. parameters]);
    }

    private string Weights(string name, int[] shape, int axis)
    {
        sbyte[] integers = [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(i => (sbyte)(i * 71))];
        float[] scales = [.. Enumerable.Range(1, shape[axis]).Select(i => 0.002f * i)];
        return builder.Node("DequantizeLinear", name,
            [builder.Constant($"{name}_q", integers, shape), builder.Constant($"{name}_s", scales, scales.Length)], ("axis", axis));
    }

    private string Convolution(string input, string weights) =>
        builder.Node("Conv", $"{weights}_conv", [input, weights], ("pads", new[] { 0, 0, 0, 0 }), ("group", 1),
            ("strides", new[] { 1, 1 }));

    private string Flat(string input) => builder.Node("Flatten", "flat", [builder.Node("GlobalAveragePool", "mean", [input])]);

    /// <summary>Adds a linear layer over all values, so that each of them matters.</summary>
    private ModelProto Head(string input)
    {
        var flat = builder.Node("Flatten", "head_flat", [input]);
        var values = new Interpreter(builder.Build(flat, 1)).Run(source.Images(1)).Length;
        var weights = builder.Constant("head_w", [.. Enumerable.Range(0, values * Classes).Select(i => MathF.Sin(i))], Classes, values);
        return builder.Build(builder.Node("Gemm", "logits", [flat, weights, builder.Constant("head_b", new float[Classes], Classes)],
            ("transB", 1)), Classes);
    }

    private void AssertRight(ModelProto file, params string[] kinds)
    {
        using var model = EdgeModel.Load(file.ToByteArray());
        var (images, logits) = (source.Images(1), new float[Classes]);
        model.Run(images, logits);
        var expected = new Interpreter(file).Run(images);
        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < Classes; i++)
            Assert.Equal(expected[i], logits[i], 1e-4 * scale);
        var profile = model.Profile(images, 1);
        Assert.All(kinds, kind => Assert.Contains(profile, operation => operation.Kind == kind));
    }
}
