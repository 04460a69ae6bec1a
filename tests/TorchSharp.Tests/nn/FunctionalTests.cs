using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.Nn;

/// <summary>Expected numbers are those of PyTorch 1.13's functions of the same name and arguments.</summary>
public sealed class FunctionalTests
{
    private static Tensor Logits => tensor(new[,] { { 1f, -0.5f, 0.3f }, { 0.2f, 2f, -1f } });
    private static Tensor Labels => tensor(new[] { 2L, 1L });
    private static Tensor Targets => softmax(tensor(new[,] { { 0.3f, 0.1f, -0.7f }, { 1f, -2f, 0.5f } }), 1);
    private static Tensor Image => arange(16, ScalarType.Float32).reshape(1, 1, 4, 4);

    [Fact]
    public void Cross_entropy()
    {
        Expect.Values(cross_entropy(Logits, Labels), 0.718486845);
        Expect.Values(cross_entropy(Logits, Labels, label_smoothing: 0.1), 0.800153494);
        Expect.Values(cross_entropy(Logits, Targets), 1.80085588);
        Expect.Values(cross_entropy(Logits, Labels, tensor(new[] { 1f, 2f, 3f }), ignore_index: 1, Reduction.Sum), 3.72647667);
        Expect.Values(new Modules.CrossEntropyLoss(label_smoothing: 0.1).call(Logits, Labels), 0.800153494);
        Expect.Values(nll_loss(log_softmax(Logits, 1), Labels, reduction: Reduction.None), 1.24215889, 0.194814846);
    }

    [Fact]
    public void Divergence_takes_log_targets_unless_told_otherwise()
    {
        Expect.Values(kl_div(log_softmax(Logits, 1), Targets.log()), 0.299726933);
        Expect.Values(kl_div(log_softmax(Logits, 1), Targets, log_target: false, Reduction.Sum), 1.79836154);
        Expect.Values(KLDivLoss(false, Reduction.Sum).call(log_softmax(Logits, 1), Targets), 1.79836154);
    }

    [Fact]
    public void Other_losses()
    {
        Expect.Values(MSELoss().call(Logits, Targets), 1.16444016);
        Expect.Values(L1Loss(Reduction.Sum).call(Logits, Targets), 5.28874111);
        Expect.Values(SmoothL1Loss(beta: 0.5).call(Logits, Targets), 0.655601203);
        Expect.Values(BCEWithLogitsLoss(pos_weights: tensor(new[] { 1f, 2f, 0.5f })).call(Logits, Targets), 0.971035421);
        Expect.Values(NLLLoss().call(log_softmax(Logits, 1), Labels), 0.718486845);
        Expect.Values(cosine_embedding_loss(Logits, Targets, tensor(new[] { 1f, -1f }), margin: 0.1), 0.274670929);
    }

    [Fact]
    public void Similarity_and_norms()
    {
        Expect.Values(cosine_similarity(Logits, Targets), 0.450658202, -0.116800457);
        Expect.Values(normalize(Logits), 0.863868415, -0.431934208, 0.259160519, 0.0890870839, 0.89087081, -0.445435405);
        Expect.Values(normalize(Logits, p: 1, dim: 0), 0.833333313, -0.200000003, 0.230769247, 0.166666657, 0.800000012, -0.769230783);
        Expect.Values(one_hot(Labels, 4), 0, 0, 1, 0, 0, 1, 0, 0);
        Assert.Throws<ArgumentException>(() => one_hot(Logits));
    }

    [Fact]
    public void Interpolation()
    {
        Expect.Values(interpolate(Image, [2, 3]), 0, 1, 2, 8, 9, 10);
        Expect.Values(interpolate(Image, [3, 3], mode: InterpolationMode.NearestExact), 0, 2, 3, 8, 10, 11, 12, 14, 15);
        Expect.Values(interpolate(Image, [3, 3], mode: InterpolationMode.Bilinear), 0.833333373, 2.16666675, 3.50000024, 6.16666698,
            7.50000048, 8.83333397, 11.500001, 12.833334, 14.166667);
        Expect.Values(interpolate(Image, [2, 2], mode: InterpolationMode.Bilinear, align_corners: true), 0, 3, 12, 15);
        Expect.Values(interpolate(Image, scale_factor: [0.5], mode: InterpolationMode.Bilinear), 2.5, 4.5, 10.5, 12.5);
        Expect.Values(interpolate(Image, scale_factor: [0.5, 0.5], mode: InterpolationMode.Bilinear, recompute_scale_factor: true), 2.5,
            4.5, 10.5, 12.5);
        Expect.Values(interpolate(Image, [2, 2], mode: InterpolationMode.Area), 2.5, 4.5, 10.5, 12.5);
        Expect.Values(interpolate(Image, [2, 2], mode: InterpolationMode.Bicubic, antialias: true), 2.93388414, 4.76033068, 10.2396698,
            12.0661154);
        Assert.Throws<ExternalException>(() => interpolate(Image));
        Assert.Throws<ExternalException>(() => interpolate(Image, [2, 2], align_corners: true));
    }

    [Fact]
    public void Padding_and_patches()
    {
        Expect.Values(pad(Image, (1, 0, 0, 1), PaddingModes.Reflect), 1, 0, 1, 2, 3, 5, 4, 5, 6, 7, 9, 8, 9, 10, 11, 13, 12, 13, 14, 15, 9,
            8, 9, 10, 11);
        Expect.Values(pad(ones(1, 2), (1, 2), value: 7), 7, 1, 1, 7, 7);
        Assert.Equal([3, 4], pad(ones(1, 2), 1).shape);
        Expect.Values(unfold(Image, 2, stride: 2), 0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15);
    }

    [Fact]
    public void Sampling_by_a_grid()
    {
        var grid = affine_grid(tensor([1f, 0f, 0.25f, 0f, -1f, 0f], [1, 2, 3]), [1, 1, 4, 4]);
        Expect.Values(grid_sample(Image, grid), 12.5, 13.5, 14.5, 7.5, 8.5, 9.5, 10.5, 5.5, 4.5, 5.5, 6.5, 3.5, 0.5, 1.5, 2.5, 1.5);
        Expect.Values(grid_sample(Image, grid, GridSampleMode.Nearest, GridSamplePaddingMode.Border), 12, 14, 14, 15, 8, 10, 10, 11, 4, 6,
            6, 7, 0, 2, 2, 3);
    }
}
